import type { ProblemCode } from '@keyroster/api/problem.ts'

/** What a failed person's problem means, and the deed that mends it. */
const sentences: Partial<Record<ProblemCode, { detail: string; remedy: string }>> = {
  changed_since_review: {
    detail:
      'Somebody changed this person, or gave their email to another person, after the plan was reviewed.',
    remedy: 'Retry the failed people: they are read and planned again.',
  },
  write_failed: {
    detail: 'The database refused this person’s values.',
    remedy: 'Look at the attributes in Microsoft Entra ID, mend unusual ones, then retry the failed people.',
  },
}

/** The sentence and the remedy of a failed entry; `reference` is a code for support, such as an SQLSTATE. */
export function entryProblem(code: ProblemCode, reference: string | null) {
  const known = sentences[code] ?? {
    detail: 'This person could not be imported.',
    remedy: 'Retry the failed people.',
  }
  const detail = reference === null ? known.detail : `${known.detail} (${reference})`
  return { code, detail, remedy: known.remedy }
}
