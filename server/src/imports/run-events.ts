import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../db/schema.ts'
import { readRun } from './read-run.ts'
import { isFinished } from './run-state.ts'

/** How often the run's row is looked at, in milliseconds: any panel on the same database can tell its progress. */
const INTERVAL = 400

/** Silence after which a comment is sent, in milliseconds, so that proxies keep the stream open. */
const KEEP_ALIVE = 15_000

/** The progress of a run as server-sent events: the run as it is now, again after every change, until it ends. */
export async function* runEvents(
  db: Db,
  workspaceId: string,
  runId: string,
  closing: AbortSignal,
): AsyncGenerator<string> {
  let last = ''
  let lastSent = Date.now()
  while (!closing.aborted) {
    const run = await readRun(db, workspaceId, runId)
    const data = JSON.stringify(run)
    if (data !== last) {
      yield `data: ${data}\n\n`
      last = data
      lastSent = Date.now()
    } else if (Date.now() - lastSent > KEEP_ALIVE) {
      yield ': still here\n\n'
      lastSent = Date.now()
    }
    if (isFinished(run.state)) return
    await sleep(INTERVAL, undefined, { signal: closing }).catch(() => {})
  }
}
