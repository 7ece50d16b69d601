/** npm passes on the Ctrl+C that the terminal sent to all of its processes, so one press may come twice. */
const sameMs = 500

/** Resolves at Ctrl+C, or when the system asks to stop; asked again, the process ends at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | null = null
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (askedAt !== null && Date.now() - askedAt > sameMs) process.exit(1)
        askedAt ??= Date.now()
        resolve()
      })
    }
  })
}
