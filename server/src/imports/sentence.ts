import type { Outcome, RunState } from '@keyroster/api/imports.ts'

/** Counts as people read them; the server speaks English. */
const number = new Intl.NumberFormat('en')
const people = (count: number) => (count === 1 ? '1 user' : `${number.format(count)} users`)

const verbs: [Outcome, string][] = [
  ['created', 'created'],
  ['linked', 'linked'],
  ['updated', 'updated'],
  ['suspended', 'suspended'],
  ['restored', 'restored'],
  ['unchanged', 'unchanged'],
  ['skipped', 'left out'],
  ['failed', 'failed'],
]

function listed(parts: string[]): string {
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** "12 users created, 3 updated and 1 failed": what came of a run, most wanted first. */
export function outcomesInWords(outcomes: Partial<Record<Outcome, number>>): string {
  const parts = verbs
    .filter(([outcome]) => (outcomes[outcome] ?? 0) > 0)
    .map(([outcome, verb], at) =>
      at === 0 ? `${people(outcomes[outcome]!)} ${verb}` : `${number.format(outcomes[outcome]!)} ${verb}`,
    )
  return parts.length > 0 ? listed(parts) : 'No users changed'
}

export interface RunFigures {
  state: RunState
  read: number
  toApply: number
  applied: number
  outcomes: Partial<Record<Outcome, number>>
  confirmed: boolean
  problemDetail: string | null
}

/** The one sentence that says where a run stands, or what came of it. */
export function runSentence(run: RunFigures): string {
  const written = run.applied - (run.outcomes.failed ?? 0)
  const stays = written === 0 ? 'Nothing was changed.' : `${people(written)} already imported stay.`
  switch (run.state) {
    case 'scanning':
      return `Reading the directory: ${people(run.read)} so far.`
    case 'planning':
      return `Planning ${people(run.read)}.`
    case 'ready':
      return run.toApply === 0
        ? `Read ${people(run.read)}. There is nothing to import.`
        : `Read ${people(run.read)}. ${number.format(run.toApply)} to import, waiting for review.`
    case 'applying':
      return `Importing: ${number.format(run.applied)} of ${people(run.toApply)} done.`
    case 'completed':
    case 'completed-with-problems':
      return `${outcomesInWords(run.outcomes)}.`
    case 'cancelled':
      return run.confirmed ? `Cancelled. ${stays}` : 'Cancelled before anything was changed.'
    case 'quarantined':
      return `Stopped, because ${number.format(run.outcomes.failed ?? 0)} of ${people(run.applied)} failed. ${stays}`
    case 'failed':
      return `Failed: ${run.problemDetail ?? 'the import could not go on.'} ${stays}`
  }
}
