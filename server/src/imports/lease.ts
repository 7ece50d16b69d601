import { randomUUID } from 'node:crypto'
import type { RunState } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'

/** How long a silent worker keeps a run, in seconds of the database's clock. */
const LEASE_SECONDS = 30

/** The right to work on one run: every write checks that `fence` is still the run's number. */
export interface Lease {
  runId: string
  workspaceId: string
  owner: string
  fence: number
}

/** Another worker took the run over; what this one still holds in memory must not be written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** The person asked to stop, seen at a page or batch boundary. */
export class CancelRequested extends Error {
  override readonly name = 'CancelRequested'
}

/**
 * Takes a run that has work and that nobody holds; null where there is none to take. An owner who is still named there
 * was interrupted: only a run whose work came to its end names none.
 */
export async function takeLease(db: Db, runId: string): Promise<Lease | null> {
  const owner = randomUUID()
  const taken = await sql<{ fence: number; workspace_id: string }>`
    update import_runs
    set lease_owner = ${owner}, lease_until = now() + make_interval(secs => ${LEASE_SECONDS}),
      waiting_reason = null, waiting_until = null, problem_code = null, problem_detail = null, problem_remedy = null,
      fence = fence + 1, attempts = attempts + 1, resumed = resumed + (lease_owner is not null)::int
    where id = ${runId} and state in ('scanning', 'planning', 'applying')
      and (lease_until is null or lease_until < now())
    returning fence, workspace_id`.execute(db)
  const row = taken.rows[0]
  return row ? { runId, workspaceId: row.workspace_id, owner, fence: row.fence } : null
}

/**
 * Keeps the lease through a long wait, and tells whether it still holds and whether the person asked to stop. Never
 * waits: where a write of this worker holds the row, that write renews the lease itself.
 */
export async function renewLease(db: Db, lease: Lease): Promise<{ held: boolean; cancelRequested: boolean }> {
  const found = await sql<{ held: boolean; cancel: boolean }>`
    with renewed as (
      update import_runs set lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
      where id = (
        select id from import_runs
        where id = ${lease.runId} and fence = ${lease.fence} and lease_owner = ${lease.owner}
          and lease_until is not null for update skip locked)
    )
    select fence = ${lease.fence} and lease_owner = ${lease.owner} as held, cancel_requested_at is not null as cancel
    from import_runs where id = ${lease.runId}`.execute(db)
  const row = found.rows[0]
  return { held: row?.held ?? false, cancelRequested: row?.cancel ?? false }
}

/** Gives a run back half-way: anybody may take it at once. */
export async function releaseLease(db: Db, lease: Lease): Promise<void> {
  await sql`update import_runs set lease_until = null
    where id = ${lease.runId} and fence = ${lease.fence}`.execute(db)
}

/** Takes every run from whoever holds it: for the start of a panel that is known to be the only one. */
export async function freeLeases(db: Db): Promise<void> {
  await sql`update import_runs set lease_until = null where lease_until is not null`.execute(db)
}

/**
 * One write of a worker: the run row is locked, the fence compared, the lease renewed, and a cancel noticed, all in the
 * transaction of the write itself. Throws LeaseLost or CancelRequested, and then nothing is written.
 */
export async function fenced<T>(
  db: Db,
  lease: Lease,
  state: RunState,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return transaction(db, async (tx) => {
    await holdRun(tx, lease, state)
    return work(tx)
  })
}

/**
 * What a write of a worker says in its run's row: that somebody works on it, and gets on. A wait that is over is shown no more;
 * one that began while this page was on its way is.
 */
export const gettingOn = sql`lease_until = now() + make_interval(secs => ${LEASE_SECONDS}), attempts = 0, unreachable_since = null,
  waiting_reason = case when waiting_until > now() then waiting_reason end,
  waiting_until = case when waiting_until > now() then waiting_until end`

/** Whether a worker may write, as the row of its run says: a column `cancel`, and no row where another one works on it now. */
export function checkHeld(lease: Lease, rows: { cancel: boolean }[]): void {
  const row = rows[0]
  if (!row) throw new LeaseLost(`run ${lease.runId} has moved on from fence ${lease.fence}`)
  if (row.cancel) throw new CancelRequested(lease.runId)
}

/** Locks the run until the transaction ends. A write that takes long does this last, so that nobody waits for it. */
export async function holdRun(tx: Tx, lease: Lease, state: RunState): Promise<void> {
  const held = await sql<{ cancel: boolean }>`
    update import_runs set ${gettingOn}
    where id = ${lease.runId} and fence = ${lease.fence} and state = ${state}
    returning cancel_requested_at is not null as cancel`.execute(tx)
  checkHeld(lease, held.rows)
}
