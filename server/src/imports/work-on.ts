import { setTimeout as sleep } from 'node:timers/promises'
import type { RunState } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import { actors, audit } from '../audit/record.ts'
import { isDatabaseAway, NoRoom } from '../db/away.ts'
import { inWorkspace, panelWide } from '../db/reach.ts'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { GraphOptions, GraphWait } from '../entra/graph-client.ts'
import { openGraph } from '../entra/graph-client.ts'
import { GraphError } from '../entra/graph-error.ts'
import type { Panel } from '../panel.ts'
import { apply } from './apply.ts'
import { endCancelled } from './cancel.ts'
import { CancelRequested, type Lease, LeaseLost, releaseLease, renewLease, takeLease } from './lease.ts'
import { moveRun } from './move-run.ts'
import { notifyStarter } from './notify-run.ts'
import { plan } from './plan.ts'
import { isFinished } from './run-state.ts'
import { scan } from './scan.ts'
import { isAboutSignIn, markPermissionMissing, waitForConnection } from './wait-for-connection.ts'
import { waitedInVain, waitForMicrosoft } from './wait-for-microsoft.ts'

/** How often a worker says that it lives and hears whether it should stop, in milliseconds. */
const HEARTBEAT = 3_000

/** Tries without any progress, for a fault of our own, after which a run is called failed. */
const ATTEMPTS = 5

/** Seconds until a run is tried again after Microsoft throttled it, the database was away, or something unforeseen happened. */
const PAUSE = { throttled: 60, database: 2, unforeseen: 5 }

/** How often a database that is away is asked whether the run can be settled, in milliseconds. */
const AWAY = 1_000

/** How long a request to Graph may be tried, and how many people one transaction of an apply takes. */
export type WorkOptions = Pick<GraphOptions, 'patience'> & { peoplePerBatch?: number }

/** Works on one run until it needs a person, ends, or cannot go on; `stopping` ends it at the next boundary. */
export async function workOn(
  panel: Panel,
  runId: string,
  stopping: AbortSignal,
  options: WorkOptions = {},
): Promise<void> {
  const workspaceId = await panelWide(() => workspaceOf(panel.database.db, runId))
  if (workspaceId !== null)
    await inWorkspace(workspaceId, () => workInWorkspace(panel, runId, stopping, options))
}

async function workspaceOf(db: Db, runId: string): Promise<string | null> {
  const run = await db
    .selectFrom('import_runs')
    .select('workspace_id')
    .where('id', '=', runId)
    .executeTakeFirst()
  return run?.workspace_id ?? null
}

async function workInWorkspace(
  panel: Panel,
  runId: string,
  stopping: AbortSignal,
  options: WorkOptions,
): Promise<void> {
  const lease = await takeLease(panel.database.db, runId)
  if (lease === null) return
  const cancelling = new AbortController()
  const signal = AbortSignal.any([stopping, cancelling.signal])
  let beating = false
  const heartbeat = setInterval(async () => {
    if (beating) return
    beating = true
    await beat(panel, lease, cancelling)
    beating = false
  }, HEARTBEAT)
  try {
    await advance(panel, lease, { ...options, signal })
  } catch (error) {
    if (!(error instanceof LeaseLost || error instanceof CancelRequested || stopping.aborted))
      panel.log.warn({ err: error, runId }, 'import run interrupted')
    await settleWhenPossible(panel, lease, error, stopping)
  } finally {
    clearInterval(heartbeat)
  }
}

async function beat(panel: Panel, lease: Lease, cancelling: AbortController): Promise<void> {
  try {
    const { held, cancelRequested } = await renewLease(panel.database.db, lease)
    if (!held) cancelling.abort(new LeaseLost(lease.runId))
    else if (cancelRequested) cancelling.abort(new CancelRequested(lease.runId))
    else if (!(await panel.database.hasRoom())) cancelling.abort(new NoRoom())
  } catch (error) {
    // The next write tells for certain whether the lease still holds; a beat that fails decides nothing.
    panel.log.warn({ err: error, runId: lease.runId }, 'lease could not be renewed')
  }
}

interface StandingRun {
  state: RunState
  connection_id: string | null
  tenant_id: string
  cancelled: boolean
}

/** Takes a run from state to state while a worker has something to do. */
async function advance(
  panel: Panel,
  lease: Lease,
  { signal, patience, peoplePerBatch }: WorkOptions & { signal: AbortSignal },
): Promise<void> {
  const { db } = panel.database
  for (;;) {
    signal.throwIfAborted()
    if (!(await panel.database.hasRoom())) throw new NoRoom()
    const found = await sql<StandingRun>`
      select state, connection_id, tenant_id, cancel_requested_at is not null as cancelled
      from import_runs where id = ${lease.runId}`.execute(db)
    const run = found.rows[0]
    if (run?.cancelled) throw new CancelRequested(lease.runId)
    if (run?.state === 'scanning') {
      const graph = await openGraph(panel, run.connection_id ?? '')
      if (graph.tenantId !== run.tenant_id) throw otherTenant()
      await scan(db, lease, graph, { signal, patience, onWait: (wait) => void showWait(panel, lease, wait) })
    } else if (run?.state === 'planning') await plan(db, lease)
    else if (run?.state === 'applying') return await apply(db, lease, signal, peoplePerBatch)
    else return
  }
}

/** What was planned for the people of one tenant must never be read from another. */
const otherTenant = () =>
  new GraphError({
    code: 'tenant_mismatch',
    finding: 'The connection leads to another tenant than the one this import began to read.',
    remedy: 'Start a new import, which reads the tenant that is connected now.',
  })

/** Shows a wait by the database's clock, for this machine's may be wrong. */
async function showWait(panel: Panel, lease: Lease, wait: GraphWait): Promise<void> {
  const seconds = (wait.until.getTime() - Date.now()) / 1_000
  // Who waits may hear of it from another run, with which it shares the pace of its tenant.
  await inWorkspace(lease.workspaceId, () =>
    sql`
    update import_runs set waiting_reason = ${wait.reason}, waiting_until = now() + make_interval(secs => ${seconds})
    where id = ${lease.runId} and fence = ${lease.fence} and state = 'scanning'`.execute(panel.database.db),
  ).catch((error) => panel.log.warn({ err: error, runId: lease.runId }, 'a wait could not be shown'))
}

/** Settles a run as soon as its row can be written: while it cannot, nobody else can take the run either. */
async function settleWhenPossible(
  panel: Panel,
  lease: Lease,
  error: unknown,
  stopping: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      return await settle(panel, lease, error, stopping)
    } catch (failure) {
      if (stopping.aborted || !isDatabaseAway(failure)) throw failure
    }
    await sleep(AWAY, undefined, { signal: stopping }).catch(() => {})
  }
}

/** Decides what an interruption means for the run. */
async function settle(panel: Panel, lease: Lease, error: unknown, stopping: AbortSignal): Promise<void> {
  const { db } = panel.database
  if (error instanceof LeaseLost) return
  if (error instanceof CancelRequested)
    return await ending(db, lease, (tx, state) => endCancelled(tx, lease.runId, state))
  if (stopping.aborted) return await releaseLease(db, lease)
  if (isDatabaseAway(error)) return await pause(db, lease, 'database', PAUSE.database)
  if (error instanceof GraphError) await settleRefusal(db, lease, error)
  else if (await triedTooOften(db, lease)) await fail(db, lease, unforeseen)
  else await pause(db, lease, null, PAUSE.unforeseen)
}

/** A run waits for Microsoft or for its connection; it fails where waiting would change nothing, or did not for a day. */
async function settleRefusal(db: Db, lease: Lease, error: GraphError): Promise<void> {
  if (isAboutSignIn(error)) await ending(db, lease, (tx) => waitForConnection(tx, lease, error))
  else if (!error.retryable) await fail(db, lease, error)
  else if (error.code === 'throttled') await pause(db, lease, 'throttled', PAUSE.throttled)
  else if (!(await waitForMicrosoft(db, lease))) await fail(db, lease, waitedInVain(error))
}

/** How a fault of our own is told: the log has the rest. */
const unforeseen = new GraphError({
  code: 'internal_error',
  finding: 'Something unforeseen kept happening, and the import could not go on.',
  remedy: 'Start the import again; the log of the server says what happened.',
})

/**
 * Takes a run to where this worker leaves it, if it is still this worker's, whatever state it is in. One that a person ended
 * meanwhile, while it waited for its review, is where it should be.
 */
async function ending(db: Db, lease: Lease, work: (tx: Tx, state: RunState) => Promise<void>): Promise<void> {
  await transaction(db, async (tx) => {
    const held = await sql<{ state: RunState }>`
      select state from import_runs where id = ${lease.runId} and fence = ${lease.fence} for update`.execute(
      tx,
    )
    const run = held.rows[0]
    if (run && !isFinished(run.state)) await work(tx, run.state)
  })
}

async function fail(db: Db, lease: Lease, error: GraphError): Promise<void> {
  const { code, finding, remedy } = error
  await ending(db, lease, async (tx, state) => {
    await moveRun(tx, lease.runId, state, 'failed')
    await sql`update import_runs set problem_code = ${code}, problem_detail = ${finding}, problem_remedy = ${remedy}
      where id = ${lease.runId}`.execute(tx)
    await notifyStarter(tx, lease.runId)
    if (code === 'permission_missing') await markPermissionMissing(tx, lease, error)
    await audit(tx, {
      workspaceId: lease.workspaceId,
      actor: actors.keyroster,
      action: 'import.failed',
      target: { kind: 'import', id: lease.runId },
      detail: { code },
    })
  })
}

async function triedTooOften(db: Db, lease: Lease): Promise<boolean> {
  const found = await sql<{
    attempts: number
  }>`select attempts from import_runs where id = ${lease.runId}`.execute(db)
  return (found.rows[0]?.attempts ?? 0) >= ATTEMPTS
}

/**
 * Gives the run back with a time before which nobody tries again; that it was throttled, or the database away, is no try of
 * the run's own. Whoever throttles can be reached. A fault of our own, which has no reason to show, is such a try.
 */
async function pause(
  db: Db,
  lease: Lease,
  reason: 'throttled' | 'database' | null,
  seconds: number,
): Promise<void> {
  await sql`
    update import_runs set lease_until = null, waiting_reason = ${reason},
      waiting_until = now() + make_interval(secs => ${seconds}),
      attempts = case when ${reason === null} then attempts else 0 end,
      unreachable_since = case when ${reason === 'throttled'} then null else unreachable_since end
    where id = ${lease.runId} and fence = ${lease.fence}`.execute(db)
}
