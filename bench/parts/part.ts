import { fork } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One side of the bench in a process of its own, so that nobody else's processor time and memory count as its own. */
export interface Part<Ready> {
  ready: Ready
  /** Asks one thing at a time; a side that fails ends, and then this rejects. */
  ask<Answer>(question: string, detail?: unknown): Promise<Answer>
  close(): Promise<void>
}

/** Starts a file that calls `actAsPart`. Rejects where it ends instead of answering. */
export async function startPart<Ready>(
  file: URL,
  options: unknown,
  execArgv: string[] = [],
): Promise<Part<Ready>> {
  const child = fork(fileURLToPath(file), [JSON.stringify(options)], { execArgv })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${basename(file.pathname)} ended with code ${code}`)
  })
  ended.catch(() => {})
  const answer = async () => (await Promise.race([once(child, 'message'), ended]))[0]
  return {
    ready: await answer(),
    ask: async (question, detail) => {
      child.send({ question, detail })
      return answer()
    },
    close: async () => {
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
  }
}

interface Act {
  ready: unknown
  answers: Record<string, (detail: never) => unknown>
  close(): Promise<void>
}

/** The other end: starts with the options given, answers questions, and ends when the bench lets go or dies. */
export async function actAsPart<Options>(start: (options: Options) => Promise<Act>): Promise<void> {
  // Ctrl+C reaches every process of a terminal; this one is told by the end of the bench itself.
  process.on('SIGINT', () => {})
  const act = await start(JSON.parse(process.argv[2]!))
  process.on('message', async ({ question, detail }: { question: string; detail: unknown }) =>
    process.send?.((await act.answers[question]!(detail as never)) ?? null),
  )
  process.once('disconnect', () => void act.close().finally(() => process.exit()))
  if (process.connected) process.send?.(act.ready)
  else await act.close()
}
