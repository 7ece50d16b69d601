import { type Governor, pause } from './governor.ts'
import type { GraphOptions } from './graph-client.ts'
import { GraphError } from './graph-error.ts'
import { slowDown } from './judge-answer.ts'
import { SHORTEST, waitBeforeRetry } from './retry-after.ts'

const MOST_FAILURES = 10
const PATIENCE = 30 * 60_000

/**
 * Tries until it works, at the governor's pace and waiting as Microsoft asks; a 429 holds up everybody. Only GraphErrors marked
 * retryable are tried again: ten times, those that throttle without end, and neither longer than the caller's patience.
 * What is thrown in the end is still retryable: a run pauses then, it does not fail.
 */
export async function retrying<T>(
  governor: Governor,
  options: GraphOptions,
  units: number,
  attempt: () => Promise<T>,
): Promise<T> {
  const givesUpAt = performance.now() + (options.patience ?? PATIENCE)
  let failures = 0
  for (let tries = 1; ; tries += 1) {
    const queue = governor.remaining()
    if (queue > 0) {
      if (performance.now() + queue > givesUpAt) throw new GraphError({ ...slowDown, retryable: true })
      announce(options, 'throttled', queue)
    }
    await governor.pass(units, options.urgent ?? false, options.signal)
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof GraphError) || !error.retryable) throw error
      const throttled = error.code === 'throttled'
      // Asking again at once counts against the quota, whether Microsoft says how long to wait or not.
      const wait = Math.max(throttled ? SHORTEST : 0, waitBeforeRetry(error.retryAfter, tries))
      // Also where this caller gives up: the others must not ask again before Microsoft allows it.
      if (throttled) governor.slowDown(wait)
      else failures += 1
      if (failures >= MOST_FAILURES || performance.now() + wait > givesUpAt) throw error
      if (throttled) continue
      announce(options, 'unreachable', wait)
      await pause(wait, options.signal)
    }
  }
}

function announce(options: GraphOptions, reason: 'throttled' | 'unreachable', wait: number): void {
  options.onWait?.({ reason, until: new Date(Date.now() + wait) })
}
