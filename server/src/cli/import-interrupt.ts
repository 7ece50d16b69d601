/** npm passes on the Ctrl+C that the terminal sent to all of its processes, so one press may come twice. */
const sameMs = 500

/** How long somebody may think again after Ctrl+C, in milliseconds. */
const thinkMs = 3_000

/**
 * Takes Ctrl+C, and the system's wish to end, while a run is under way: once aborts `stop` and cancels the run, after a
 * moment in which a second press leaves it running instead, which aborts `leave`.
 */
export function takeInterrupts(
  { stop, leave }: { stop: AbortController; leave: AbortController },
  say: (line: string) => void,
  cancel: () => void,
): Disposable {
  let askedAt = 0
  let timer: NodeJS.Timeout | undefined
  const onSignal = () => {
    if (!stop.signal.aborted) {
      askedAt = Date.now()
      stop.abort()
      say(
        'This import is cancelled in 3 seconds; what is written by then stays. Ctrl+C again leaves it running.',
      )
      timer = setTimeout(cancel, thinkMs)
    } else if (Date.now() - askedAt > sameMs) {
      clearTimeout(timer)
      leave.abort()
    }
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return {
    [Symbol.dispose]() {
      clearTimeout(timer)
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}
