/**
 * Works through a queue in several lanes at once. Each call of `work` takes what it wants off the queue's front and
 * answers what goes back to its end. The first failure aborts the signal that every lane works under; when all lanes
 * have ended, it is thrown.
 */
export async function inLanes<T>(
  lanes: number,
  queue: T[],
  outer: AbortSignal | undefined,
  work: (queue: T[], signal: AbortSignal) => Promise<T[]>,
): Promise<void> {
  const failing = new AbortController()
  const signal = outer ? AbortSignal.any([outer, failing.signal]) : failing.signal
  const lane = async () => {
    try {
      while (queue.length > 0) queue.push(...(await work(queue, signal)))
    } catch (error) {
      failing.abort(error)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  failing.signal.throwIfAborted()
}
