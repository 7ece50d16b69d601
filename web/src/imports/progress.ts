import type { ImportRun } from '@keyroster/api/imports.ts'
import { formatCount, formatCounted } from '../format.ts'
import { planSentence } from './plan-words.ts'

type Progress = Pick<
  ImportRun,
  'state' | 'read' | 'expected' | 'toApply' | 'applied' | 'confirmedAt' | 'waiting' | 'cancelRequested'
>

/** Reading fills the first half of the one bar, writing the second. */
const half = 0.5

/**
 * How far a run is, 0 to 1, over scan and apply together; null where Microsoft has not said how many there are.
 * A run that reads more people than were expected stays at the half until it writes, so the bar never rewinds.
 */
export function fractionDone(run: Progress): number | null {
  switch (run.state) {
    case 'scanning':
      if (run.expected === null || run.expected === 0) return null
      return half * Math.min(1, run.read / run.expected)
    case 'planning':
    case 'ready':
      return half
    case 'applying':
      return run.toApply === 0 ? 1 : half + half * Math.min(1, run.applied / run.toApply)
    default:
      return 1
  }
}

/** What the run does right now, counted in people. */
export function phaseWords(run: Progress): string {
  if (run.cancelRequested) return 'Cancelling'
  switch (run.state) {
    case 'scanning':
      return run.expected === null
        ? `Reading people from Entra ID: ${formatCount(run.read)} so far`
        : `Reading people from Entra ID: ${formatCount(run.read)} of ${formatCount(Math.max(run.expected, run.read))}`
    case 'planning':
      return `Comparing ${formatCount(run.read)} people with this workspace`
    case 'ready':
      return 'Ready to review'
    case 'applying':
      return `Importing ${formatCount(run.applied)} of ${formatCount(run.toApply)}`
    default:
      return 'Finished'
  }
}

/** That a run was interrupted and lost nothing by it; empty where it never was. */
export function resumedWords({ resumed }: Pick<ImportRun, 'resumed'>): string {
  if (resumed === 0) return ''
  return `Went on where it stood after ${resumed === 1 ? 'an interruption' : `${formatCount(resumed)} interruptions`}.`
}

/** The tenth a fraction has reached: what is announced changes only with it, so that a screen reader is not told every tick. */
export const tenth = (fraction: number | null): number => Math.floor((fraction ?? 0) * 10) * 10

/** True while the run changes by itself. */
export const isMoving = (run: Pick<ImportRun, 'state'>): boolean =>
  run.state === 'scanning' || run.state === 'planning' || run.state === 'applying'

/** True where nothing can happen to the run any more. */
export const isFinished = (run: Pick<ImportRun, 'state'>): boolean => !isMoving(run) && run.state !== 'ready'

/** What stays when a run is cancelled now. */
export function cancelConsequence(run: Progress): string {
  if (run.state !== 'applying') return 'Nothing has been written yet, so nothing changes in this workspace.'
  if (run.applied === 0)
    return 'Nobody has been written yet. A batch that is being written now is finished first.'
  return `${formatCounted(run.applied, 'user')} already written stay as they are now; the remaining ${formatCount(Math.max(0, run.toApply - run.applied))} are left out.`
}

/** How far a cancelled run had come, beside its sentence, which says who stays; empty where no run was cut short. */
export function cutShortWords(run: Progress): string {
  if (run.state !== 'cancelled') return ''
  if (run.confirmedAt !== null) {
    const left = run.toApply - run.applied
    return left === 0 ? '' : `${formatCount(left)} of ${formatCounted(run.toApply, 'user')} left out.`
  }
  return `${readWords(run)} had been read from Entra ID. Users and groups here stay as they were.`
}

function readWords({ read, expected }: Progress): string {
  if (read === 0) return 'Nobody'
  if (expected === null || expected <= read) return formatCounted(read, 'person', 'people')
  return `${formatCount(read)} of ${formatCounted(expected, 'person', 'people')}`
}

/** Whom a waiting run waits for. */
export const waitsFor: Record<NonNullable<ImportRun['waiting']>['reason'], string> = {
  throttled: 'Microsoft',
  unreachable: 'Microsoft',
  database: 'the database',
  connection: 'the connection',
}

/** What a screen reader is told about a run: at the start, each tenth, and at the end; the same words in between. */
export function announcement(run: Progress & Pick<ImportRun, 'sentence' | 'plan'>): string {
  if (isFinished(run)) return run.sentence
  if (run.state === 'ready') return `The plan is ready to review: ${planSentence(run.plan)}.`
  const phase = run.state === 'applying' ? 'Importing users' : 'Reading people from Entra ID'
  const done = fractionDone(run) === null ? '' : `, ${tenth(fractionDone(run))}% done`
  if (run.waiting) {
    const whom = waitsFor[run.waiting.reason]
    return `${phase}: waiting for ${whom}${done}`
  }
  return phase + done
}
