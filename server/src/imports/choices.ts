import type { ConflictKind, Decision, Mode } from '@keyroster/api/imports.ts'

/** What decides which answers a conflict may have. */
export interface Conflicting {
  conflict: ConflictKind | null
  mode: Mode
  /** Whether exactly one person of the workspace, linked to nobody, has the email. */
  hasCandidate: boolean
}

/**
 * The answers a person may give to a conflict. Nobody is ever linked whose email belongs to somebody linked elsewhere or
 * to an admin of the panel: a key or a history would change hands by an email alone.
 */
export function choicesFor({ conflict, mode, hasCandidate }: Conflicting): Decision[] {
  if (conflict === null) return []
  const mayLink =
    (conflict === 'email-shared' || conflict === 'domain-unverified') && hasCandidate && mode !== 'new'
  const mayCreate = mode !== 'existing'
  return [...(mayLink ? (['link'] as const) : []), ...(mayCreate ? (['create'] as const) : []), 'skip']
}
