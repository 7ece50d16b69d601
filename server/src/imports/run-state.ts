import type { RunState } from '@keyroster/api/imports.ts'

/** Where a run may go from each state; an end goes nowhere. */
export const transitions: Record<RunState, readonly RunState[]> = {
  scanning: ['planning', 'cancelled', 'failed'],
  planning: ['ready', 'cancelled', 'failed'],
  ready: ['planning', 'applying', 'cancelled'],
  applying: ['completed', 'completed-with-problems', 'cancelled', 'quarantined', 'failed'],
  completed: [],
  'completed-with-problems': [],
  cancelled: [],
  quarantined: [],
  failed: [],
}

export const canGo = (from: RunState, to: RunState): boolean => transitions[from].includes(to)

/** States in which a worker has something to do. */
export const workingStates: readonly RunState[] = ['scanning', 'planning', 'applying']

export const isFinished = (state: RunState): boolean => transitions[state].length === 0

/** How a finished apply is called: one failed person makes it "with problems". */
export const stateAfterApply = (failed: number): RunState =>
  failed > 0 ? 'completed-with-problems' : 'completed'

/** Whether so many of the people tried so far failed, four of ten, that the rest had better not be touched. */
export const tooManyFailures = (failed: number, tried: number): boolean => tried > 0 && failed / tried >= 0.4
