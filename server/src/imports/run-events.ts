import type { Db } from '../db/schema.ts'
import type { EventStep } from '../http/types.ts'
import { readRun } from './read-run.ts'
import { isFinished } from './run-state.ts'

/** How often the run's row is looked at, in milliseconds: any panel on the same database can tell its progress. */
const INTERVAL = 400

/** The progress of a run as server-sent events: the run as it is now, again after every change, until it ends. */
export async function* runEvents(db: Db, workspaceId: string, runId: string): AsyncGenerator<EventStep> {
  let last = ''
  for (;;) {
    const run = await readRun(db, workspaceId, runId)
    const data = JSON.stringify(run)
    if (data !== last) yield `data: ${data}\n\n`
    last = data
    if (isFinished(run.state)) return
    yield { wait: INTERVAL }
  }
}
