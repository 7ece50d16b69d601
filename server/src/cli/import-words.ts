import type { Action, ConflictKind, ImportRun, SkipReason } from '@keyroster/api/imports.ts'
import { printable } from './printable.ts'

const number = new Intl.NumberFormat('en')

/** `1, 'person', 'people'` → "1 person". */
const counted = (count: number, one: string, many: string): string =>
  `${number.format(count)} ${count === 1 ? one : many}`

/** The planned changes in the order and the words of the panel's review. */
const planned: [Action, string][] = [
  ['create', 'to create'],
  ['link', 'to link'],
  ['update', 'to update'],
  ['restore', 'to restore'],
  ['suspend', 'to suspend'],
  ['conflict', 'in conflict'],
  ['unchanged', 'unchanged'],
  ['skip', 'skipped'],
]

const skipWords: Record<SkipReason, string> = {
  'already-exists': 'already in this workspace',
  'not-in-workspace': 'not in this workspace',
  guest: 'guest',
  disabled: 'account disabled',
  'no-email': 'no email',
  'invalid-record': 'record cannot be read',
  decided: 'left out by a decision',
}

const conflictWords: Record<ConflictKind, string> = {
  'email-shared': 'two directory users, one email',
  'email-linked-elsewhere': 'email linked to another directory user',
  'domain-unverified': 'email domain not verified',
  'email-ambiguous': 'several people with this email',
  'email-of-admin': 'email of an admin',
  'email-not-comparable': 'email that cannot be compared',
}

/** The plan as a table of counts, and what else is to know before it is confirmed, line by line. */
export function planLines(run: ImportRun): string[] {
  const reasons: Partial<Record<Action, string>> = {
    skip: reasonsOf(skipWords, run.skips),
    conflict: reasonsOf(conflictWords, run.conflicts),
  }
  const rows = planned.map(([action, words]) => ({
    count: run.plan[action],
    words: reasons[action] ? `${words}: ${reasons[action]}` : words,
  }))
  const shown = rows.filter(({ count }) => count > 0)
  const width = Math.max(...shown.map(({ count }) => number.format(count).length))
  return [
    `Read ${counted(run.read, 'person', 'people')} from ${printable(run.connectionName)}. Nothing is written yet.`,
    ...shown.map(({ count, words }) => `  ${number.format(count).padStart(width)}  ${words}`),
    ...(run.membershipsToRemove > 0 ? [leavingLine(run.membershipsToRemove)] : []),
    ...(run.plan.conflict > 0 ? [undecidedLine(run.plan.conflict)] : []),
    ...sourceLines(run),
  ]
}

/** "guest (1), account disabled (8)": only what there is. */
function reasonsOf<Reason extends string>(
  words: Record<Reason, string>,
  counts: Record<Reason, number>,
): string {
  return (Object.keys(words) as Reason[])
    .filter((reason) => counts[reason] > 0)
    .map((reason) => `${words[reason]} (${number.format(counts[reason])})`)
    .join(', ')
}

const leavingLine = (count: number) =>
  `${counted(count, 'person is', 'people are')} no longer in a chosen group at Microsoft, and leave that group here; they stay in the workspace.`

const undecidedLine = (count: number) =>
  `${counted(count, 'conflict is', 'conflicts are')} not decided, and left out this time. Decide them in an import in the panel.`

const notRead: Partial<Record<ImportRun['sources'][number]['state'], string>> = {
  partial: 'was read without its hidden nested groups, so nobody is taken out of it.',
  gone: 'does not exist in Entra any more.',
  forbidden: 'was not read: Entra refused to show its members.',
  unfinished: 'was not read: Microsoft’s list of its members changed or led in a circle.',
  hidden: 'was not read: Entra hides its members.',
}

/** The groups that were not read, or not to their end: somebody may be missing. */
export function sourceLines({ sources }: Pick<ImportRun, 'sources'>): string[] {
  return sources.flatMap(({ name, state }) => {
    const words = notRead[state]
    return words === undefined ? [] : [`The group ${printable(name)} ${words}`]
  })
}

/** What differs in a plan that was made again, line by line. */
export function differenceLines({ before, after }: NonNullable<ImportRun['replanned']>): string[] {
  return planned
    .filter(([action]) => before[action] !== after[action])
    .map(
      ([action, words]) =>
        `  ${number.format(after[action])} ${words} (was ${number.format(before[action])})`,
    )
}

const waitsFor: Record<NonNullable<ImportRun['waiting']>['reason'], string> = {
  throttled: 'Microsoft',
  unreachable: 'Microsoft',
  database: 'the database',
  connection: 'the connection',
}

/** What the run does now, and how much of that is done, 0 to 1; null where nobody knows. */
export function phaseOf(run: ImportRun): { words: string; done: number | null } {
  const { words, done } = phaseWithoutWaiting(run)
  if (!run.waiting) return { words, done }
  const mend = run.problem ? `: ${printable(run.problem.detail)} ${printable(run.problem.remedy ?? '')}` : ''
  return { words: `Waiting for ${waitsFor[run.waiting.reason]}${mend}`.trimEnd(), done }
}

function phaseWithoutWaiting(run: ImportRun): { words: string; done: number | null } {
  if (run.cancelRequested) return { words: 'Cancelling', done: null }
  switch (run.state) {
    case 'scanning':
      return { words: 'Reading people from Entra ID', done: share(run.read, run.expected) }
    case 'planning':
      return { words: `Comparing ${counted(run.read, 'person', 'people')} with the workspace`, done: null }
    case 'applying':
      if (run.toApply === 0) return { words: 'Finishing', done: null }
      return {
        words: `Importing ${counted(run.toApply, 'person', 'people')}`,
        done: share(run.applied, run.toApply),
      }
    default:
      return { words: 'Ready', done: 1 }
  }
}

const share = (part: number, whole: number | null) => (whole ? Math.min(1, part / whole) : null)
