import { setTimeout as sleep } from 'node:timers/promises'

/** One gate before all requests of a connection: closed while Microsoft asked any of them to wait. */
export interface WaitGate {
  /** Keeps everybody waiting for this many milliseconds from now; never shortens a longer wait. */
  closeFor(wait: number): void
  /** Milliseconds until it opens; 0 when open. */
  remaining(): number
  /** Resolves once the gate is open. */
  pass(signal?: AbortSignal): Promise<void>
}

export function createWaitGate(): WaitGate {
  // Monotonic, so that a clock that is set back does not close the gate for hours.
  let opensAt = 0
  const remaining = () => Math.max(0, opensAt - performance.now())
  return {
    closeFor(wait) {
      opensAt = Math.max(opensAt, performance.now() + wait)
    },
    remaining,
    async pass(signal) {
      while (remaining() > 0) await pause(Math.ceil(remaining()), signal)
    },
  }
}

/** Waits so many milliseconds; throws the signal's own reason when it is aborted meanwhile. */
export async function pause(wait: number, signal?: AbortSignal): Promise<void> {
  await sleep(wait, undefined, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw error
  })
}
