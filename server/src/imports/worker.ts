import { sql } from 'kysely'
import { PgBoss } from 'pg-boss'
import { panelWide, reachingNothing } from '../db/reach.ts'
import type { GraphOptions } from '../entra/graph-client.ts'
import type { Panel } from '../panel.ts'
import { isDue } from './wait-for-connection.ts'
import { workOn } from './work-on.ts'

/** How often runs are looked for that nobody works on, in milliseconds: after a crash, or a wait that is over. */
const SWEEP = 5_000

/** Runs one panel works on at a time; others wait for the next sweep. */
const RUNS_AT_ONCE = 4

const QUEUE = 'import-work'

export interface Worker {
  /** Tells a worker, of this panel or another on the same database, that a run has work. */
  wake(runId: string): Promise<void>
  /** Stops taking runs, lets pages and batches at hand finish, gives leases back. */
  close(): Promise<void>
}

/**
 * Starts the worker of import runs. The queue carries nothing but wake-ups: what there is to do, and who may do it, is
 * in the run's row and its lease, so a lost or doubled wake-up changes nothing. `patience` is for each request to Graph.
 */
export async function startWorker(
  panel: Panel,
  options: Pick<GraphOptions, 'patience'> = {},
): Promise<Worker> {
  const { database, log } = panel
  const stopping = new AbortController()
  const working = new Map<string, Promise<void>>()

  const take = (runId: string) => {
    if (stopping.signal.aborted || working.has(runId) || working.size >= RUNS_AT_ONCE) return
    const work = reachingNothing(() => workOn(panel, runId, stopping.signal, options))
      .catch((error) => log.error({ err: error, runId }, 'import run could not be worked on'))
      .finally(() => working.delete(runId))
    working.set(runId, work)
  }

  const boss = new PgBoss({
    connectionString: database.url,
    max: 3,
    application_name: 'keyroster-queue',
    useListenNotify: true,
  })
  boss.on('error', (error) => log.warn({ err: error }, 'queue'))
  await boss.start()
  await boss.createQueue(QUEUE, { notify: true, retryLimit: 0, deleteAfterSeconds: 3600 })
  await boss.work<{ runId: string }>(QUEUE, { pollingIntervalSeconds: 1, batchSize: 10 }, async (jobs) => {
    for (const job of jobs) take(job.data.runId)
  })

  const sweep = async () => {
    const idle = await panelWide(() =>
      sql<{ id: string }>`
        select id from import_runs r
        where state in ('scanning', 'planning', 'applying') and (lease_until is null or lease_until < now()) and ${isDue}
        order by created_at limit ${RUNS_AT_ONCE}`.execute(database.db),
    )
    for (const run of idle.rows) take(run.id)
  }
  let sweeping = sweep()
  const timer = setInterval(() => {
    sweeping = sweep().catch((error) => log.warn({ err: error }, 'looking for idle import runs'))
  }, SWEEP)
  await sweeping

  return {
    wake: async (runId) => {
      await boss.send(QUEUE, { runId })
    },
    close: async () => {
      clearInterval(timer)
      stopping.abort(new Error('The panel is stopping.'))
      await Promise.all([sweeping, boss.stop({ graceful: true, timeout: 5_000 })])
      await Promise.all(working.values())
    },
  }
}
