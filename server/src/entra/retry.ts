import type { GraphOptions } from './graph-client.ts'
import { GraphError } from './graph-error.ts'
import { waitBeforeRetry } from './retry-after.ts'
import { pause, type WaitGate } from './wait-gate.ts'

const MOST_FAILURES = 10
const PATIENCE = 30 * 60_000

/**
 * Tries until it works, waiting as Microsoft asks; a 429 closes the gate for everybody. Only GraphErrors marked
 * retryable are tried again: ten times, those that throttle without end, and neither longer than the caller's patience.
 * What is thrown in the end is still retryable: a run pauses then, it does not fail.
 */
export async function retrying<T>(
  gate: WaitGate,
  options: GraphOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  const givesUpAt = performance.now() + (options.patience ?? PATIENCE)
  let failures = 0
  for (let tries = 1; ; tries += 1) {
    const queue = gate.remaining()
    if (queue > 0) announce(options, 'throttled', queue)
    if (performance.now() + queue > givesUpAt) throw throttled()
    await gate.pass(options.signal)
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof GraphError) || !error.retryable) throw error
      if (error.code !== 'throttled') failures += 1
      const wait = waitBeforeRetry(error.retryAfter, tries)
      if (failures >= MOST_FAILURES || performance.now() + wait > givesUpAt) throw error
      if (error.code === 'throttled') {
        gate.closeFor(wait)
        continue
      }
      announce(options, 'unreachable', wait)
      await pause(wait, options.signal)
    }
  }
}

function announce(options: GraphOptions, reason: 'throttled' | 'unreachable', wait: number): void {
  options.onWait?.({ reason, until: new Date(Date.now() + wait) })
}

function throttled(): GraphError {
  return new GraphError({
    code: 'throttled',
    finding: 'Microsoft asks the panel to slow down.',
    remedy: 'Try again in some minutes.',
    retryable: true,
  })
}
