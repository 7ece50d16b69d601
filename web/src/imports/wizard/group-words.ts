import type { DirectoryGroup, GroupKind } from '@keyroster/api/connections.ts'
import { formatCounted } from '../../format.ts'

const kindWords: Record<GroupKind, string> = {
  security: 'Security',
  microsoft365: 'Microsoft 365',
  distribution: 'Distribution',
  'mail-security': 'Mail-enabled security',
}

/** "Security, dynamic · 1,204 members · members hidden", as far as it is known. */
export function groupFacts(group: Partial<DirectoryGroup>): string {
  const kind = group.kind === undefined ? null : kindWords[group.kind] + (group.dynamic ? ', dynamic' : '')
  const members =
    group.memberCount === undefined || group.memberCount === null
      ? null
      : formatCounted(group.memberCount, 'member')
  const hidden = group.hiddenMembership ? 'membership hidden' : null
  return [kind, members, hidden].filter((fact) => fact !== null).join(' · ')
}

/** What tells two groups of one name apart: mail, description, and the first part of the object id. */
export function groupMark(group: Partial<DirectoryGroup> & { id: string }): string {
  return [group.mail, group.description, `ID ${group.id.slice(0, 8)}`].filter(Boolean).join(' · ')
}
