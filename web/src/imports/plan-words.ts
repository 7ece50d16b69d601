import type {
  Action,
  ConflictKind,
  Decision,
  ImportRun,
  Mode,
  Outcome,
  SkipReason,
} from '@keyroster/api/imports.ts'
import { formatCount, formatCounted } from '../format.ts'

type Counts = Record<Action, number>

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** The planned changes in the order every screen shows them, with the words of a count: "31 to link". */
const planWords: ReadonlyArray<{ action: Action; words: (count: number) => string }> = [
  { action: 'create', words: (n) => `${formatCount(n)} to create` },
  { action: 'link', words: (n) => `${formatCount(n)} to link` },
  { action: 'update', words: (n) => `${formatCount(n)} to update` },
  { action: 'restore', words: (n) => `${formatCount(n)} to restore` },
  { action: 'suspend', words: (n) => `${formatCount(n)} to suspend` },
  { action: 'conflict', words: (n) => `${formatCount(n)} ${n === 1 ? 'conflict' : 'conflicts'}` },
  { action: 'unchanged', words: (n) => `${formatCount(n)} unchanged` },
  { action: 'skip', words: (n) => `${formatCount(n)} skipped` },
]

/** "1,204 to create · 31 to link · 12 conflicts": only what there is. */
export function planSentence(plan: Counts): string {
  const parts = planWords
    .filter(({ action }) => plan[action] > 0)
    .map(({ action, words }) => words(plan[action]))
  return parts.length === 0 ? 'Nobody was found' : parts.join(' · ')
}

/**
 * The deed of a plan, for the final button: "Import 1,204 users and update 31"; null where confirming would write nothing.
 * @param leaving people who only leave a chosen group
 */
export function deed(plan: Counts, leaving = 0): string | null {
  const deeds: Array<[verb: string, count: number, rest: string]> = [
    ['Import', plan.create, ''],
    ['Link', plan.link, ''],
    ['Update', plan.update, ''],
    ['Restore', plan.restore, ''],
    ['Suspend', plan.suspend, ''],
    ['Remove', leaving, ' from groups'],
  ]
  const [first, ...others] = deeds.filter(([, count]) => count > 0)
  if (first === undefined) return null
  return list.format([
    `${first[0]} ${formatCounted(first[1], 'user')}${first[2]}`,
    ...others.map(([verb, count, rest]) => `${verb.toLowerCase()} ${formatCount(count)}${rest}`),
  ])
}

/** One sentence that says what an import in this mode will do. */
export const modeSentences: Record<Mode, string> = {
  new: 'New people are added. People who already exist with the same email are left as they are and listed in the report.',
  'new-and-existing':
    'New people are added. People who already exist with the same email are linked to Entra ID and updated from it; linked people whose account is disabled there are suspended.',
  existing:
    'Nobody is added. People who already exist with the same email are linked to Entra ID and updated from it; linked people whose account is disabled there are suspended.',
}

/** What is planned for one person. */
export const actionWords: Record<Action, string> = {
  create: 'Create',
  link: 'Link',
  update: 'Update',
  restore: 'Restore',
  suspend: 'Suspend',
  conflict: 'Conflict',
  unchanged: 'Unchanged',
  skip: 'Skip',
}

/** What came of one person. */
export const outcomeWords: Record<Outcome, string> = {
  created: 'Created',
  linked: 'Linked',
  updated: 'Updated',
  restored: 'Restored',
  suspended: 'Suspended',
  failed: 'Failed',
  unchanged: 'Unchanged',
  skipped: 'Skipped',
}

/** Why somebody is skipped, as a table says it. */
export const skipWords: Record<SkipReason, string> = {
  'already-exists': 'Already in this workspace',
  'not-in-workspace': 'Not in this workspace',
  guest: 'Guest',
  disabled: 'Account disabled',
  'no-email': 'No email',
  'invalid-record': 'Record cannot be read',
  decided: 'Left out by your decision',
}

/** What is unclear about a conflict, and what that means. */
export const conflictWords: Record<ConflictKind, { label: string; explanation: string }> = {
  'email-shared': {
    label: 'Two directory users, one email',
    explanation: 'Two directory users have the same email, so it does not say which of them is meant.',
  },
  'email-linked-elsewhere': {
    label: 'Email linked to another directory user',
    explanation: 'The person with this email is already linked to a different directory user.',
  },
  'domain-unverified': {
    label: 'Email domain not verified',
    explanation:
      'This tenant has not verified the domain of the email, so the email does not prove who it is.',
  },
  'email-ambiguous': {
    label: 'Several people with this email',
    explanation: 'Several people in this workspace have this email.',
  },
  'email-of-admin': {
    label: 'Email of an admin',
    explanation: 'The email is that of an admin of this panel. Imports never touch admins on their own.',
  },
  'email-not-comparable': {
    label: 'Email that cannot be compared',
    explanation:
      'The email has letters or a form in which two different mailboxes can look alike, so nobody here is matched by it.',
  },
}

/** A decision as a choice of a drop-down. */
export const decisionWords: Record<Decision, string> = {
  link: 'Same person: link them',
  create: 'Somebody else: add them',
  skip: 'Leave out this time',
}

/** Who is taken, in words: "All users", "2 groups", "3 people who failed before". */
export function scopeWords({ scope }: Pick<ImportRun, 'scope'>): string {
  if (scope.kind === 'all-users') return 'All users'
  if (scope.kind === 'retry') return 'Those who failed in an earlier import'
  return formatCounted(scope.groups.length, 'group')
}

/** How a plan made again differs from the one before: "28 → 27 to create", only what changed. */
export function planDifference(before: Counts, after: Counts): string[] {
  return planWords
    .filter(({ action }) => before[action] !== after[action])
    .map(({ action, words }) => `${words(after[action])} (was ${formatCount(before[action])})`)
}
