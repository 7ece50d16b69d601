import type { Action, Outcome } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import { DatabaseError } from 'pg'
import { actors, audit } from '../audit/record.ts'
import type { Db, Tx } from '../db/schema.ts'
import { raiseRevision } from '../users/raise-revision.ts'
import { analyzeLargeRun } from './analyze.ts'
import { writeGroups, writeMemberships } from './apply-groups.ts'
import { createUsers, updateUsers } from './apply-users.ts'
import { fenced, type Lease } from './lease.ts'
import { moveRun } from './move-run.ts'
import { notifyStarter } from './notify-run.ts'
import { membershipsGone } from './plan.ts'
import { stateAfterApply, tooManyFailures } from './run-state.ts'

/** People per transaction: long enough to be fast, short enough that a page query beside it does not wait. */
const BATCH = 1000

/** Obeys the plan of a confirmed run, batch by batch, from wherever it stands, and finishes the run. */
export async function apply(
  db: Db,
  lease: Lease,
  signal: AbortSignal,
  peoplePerBatch = BATCH,
): Promise<void> {
  await fenced(db, lease, 'applying', (tx) => writeGroups(tx, lease))
  // Until now the statistics say that no entry has an action, and the planner would sort all of them for every batch.
  await analyzeLargeRun(db, lease.runId, 'apply')
  let after: Planned | null = null
  for (;;) {
    const batch = await nextBatch(db, lease.runId, after, peoplePerBatch)
    if (batch.length === 0) return await finish(db, lease)
    if (await quarantine(db, lease)) return
    signal.throwIfAborted()
    await applyBatch(db, lease, batch)
    after = batch.at(-1)!
  }
}

/** Somebody whose planned change is still to do. */
interface Planned {
  id: string
  action: Action
  name: string
}

/**
 * The next people whose planned change is not done yet, by name: about the order they were read in, so that a batch
 * touches few pages of the tables and indexes. By object id a million people took twice the time a person.
 */
async function nextBatch(db: Db, runId: string, after: Planned | null, people: number): Promise<Planned[]> {
  const rows = await sql<Planned>`
    select object_id as id, action, name_folded as name from import_entries
    where run_id = ${runId} and outcome is null
      and ${after === null ? sql`true` : sql`(name_folded, object_id) > (${after.name}, ${after.id}::uuid)`}
      and action in ('create', 'link', 'update', 'suspend', 'restore')
    order by name_folded, object_id limit ${people}`.execute(db)
  return rows.rows
}

/**
 * Applies one batch in one transaction. Where the database refuses the batch for what is in it, its halves are tried,
 * until the person it refuses stands alone and becomes a failed entry.
 */
async function applyBatch(db: Db, lease: Lease, batch: Planned[]): Promise<void> {
  try {
    await fenced(db, lease, 'applying', (tx) => writeBatch(tx, lease, batch))
  } catch (error) {
    if (!(error instanceof DatabaseError) || !isAboutTheData(error)) throw error
    if (batch.length === 1) return await failAlone(db, lease, batch[0]!.id, error)
    const middle = Math.ceil(batch.length / 2)
    await applyBatch(db, lease, batch.slice(0, middle))
    await applyBatch(db, lease, batch.slice(middle))
  }
}

/** Data exceptions, broken constraints and exceeded limits (SQLSTATE classes 22, 23, 54) come again however often one tries. */
const isAboutTheData = (error: DatabaseError) => /^(22|23|54)/.test(error.code ?? '')

async function failAlone(db: Db, lease: Lease, objectId: string, error: DatabaseError): Promise<void> {
  await fenced(db, lease, 'applying', async (tx) => {
    await sql`update import_entries set outcome = 'failed', problem_code = 'write_failed', problem_detail = ${error.code ?? null}
      where run_id = ${lease.runId} and object_id = ${objectId}`.execute(tx)
    await countOutcomes(tx, lease.runId, { failed: 1 })
  })
}

async function writeBatch(tx: Tx, lease: Lease, batch: Planned[]): Promise<void> {
  await raiseRevision(tx, lease.workspaceId)
  const [toCreate, toUpdate] = [batch.filter(isCreated), batch.filter((one) => !isCreated(one))].map(idsOf)
  const created = toCreate!.length > 0 ? await createUsers(tx, lease, toCreate!) : []
  const updated = toUpdate!.length > 0 ? await updateUsers(tx, lease, toUpdate!) : []
  const written = [...created, ...updated]
  await writeMemberships(tx, lease, written)
  const failed = batch.length - written.length
  if (failed > 0) await failUntouched(tx, lease, idsOf(batch))
  const counts: Partial<Record<Outcome, number>> = failed > 0 ? { failed } : {}
  for (const { outcome } of written) counts[outcome] = (counts[outcome] ?? 0) + 1
  await countOutcomes(tx, lease.runId, counts)
}

const isCreated = ({ action }: Planned) => action === 'create'
const idsOf = (people: Planned[]) => people.map(({ id }) => id)

/** Whoever no statement touched changed since the review: another person has the email, or somebody edited them. */
async function failUntouched(tx: Tx, lease: Lease, batch: string[]): Promise<void> {
  await sql`
    update import_entries set outcome = 'failed', problem_code = 'changed_since_review'
    where run_id = ${lease.runId} and object_id = any(${batch}::uuid[]) and outcome is null`.execute(tx)
}

/** Adds to the run's counts, which its progress shows. */
async function countOutcomes(tx: Tx, runId: string, counts: Partial<Record<Outcome, number>>): Promise<void> {
  const people = Object.values(counts).reduce((sum, count) => sum + count, 0)
  await sql`
    update import_runs set applied = applied + ${people}, outcome_counts = (
      select jsonb_object_agg(key, total) from (
        select key, sum(value::int) as total from (
          select * from jsonb_each_text(outcome_counts)
          union all select * from jsonb_each_text(${JSON.stringify(counts)}::jsonb)
        ) both_counts group by key
      ) summed
    ) where id = ${runId}`.execute(tx)
}

/** Stops a run in which too many fail, before anybody else is written; answers whether it did. */
async function quarantine(db: Db, lease: Lease): Promise<boolean> {
  const found = await sql<{ failed: number; applied: number }>`
    select coalesce((outcome_counts ->> 'failed')::int, 0) as failed, applied from import_runs where id = ${lease.runId}`.execute(
    db,
  )
  const { failed, applied } = found.rows[0]!
  if (!tooManyFailures(failed, applied)) return false
  await fenced(db, lease, 'applying', async (tx) => {
    await moveRun(tx, lease.runId, 'applying', 'quarantined')
    await sql`
      update import_runs set problem_code = 'too_many_failures',
        problem_detail = 'So many people failed that the import stopped before anybody else was written.',
        problem_remedy = 'See why in the table, mend it, then retry the failed people or start the import again.'
      where id = ${lease.runId}`.execute(tx)
    await notifyStarter(tx, lease.runId)
    await audit(tx, {
      workspaceId: lease.workspaceId,
      actor: actors.keyroster,
      action: 'import.quarantined',
      target: { kind: 'import', id: lease.runId },
      detail: { failed, applied },
    })
  })
  return true
}

/** Takes people out of chosen groups they left, says what came of the run, and tells who started it. */
async function finish(db: Db, lease: Lease): Promise<void> {
  await fenced(db, lease, 'applying', async (tx) => {
    const left = await sql`
      delete from group_members m using (${membershipsGone(lease.runId)}) g
      where (m.group_id, m.user_id) = (g.group_id, g.user_id)`.execute(tx)
    const run = await sql<{ failed: number }>`
      select coalesce((outcome_counts ->> 'failed')::int, 0) as failed from import_runs where id = ${lease.runId}`.execute(
      tx,
    )
    const state = stateAfterApply(run.rows[0]!.failed)
    const ended = await sql<{ outcomes: Partial<Record<Outcome, number>> }>`
      update import_runs set outcome_counts = outcome_counts || jsonb_strip_nulls(jsonb_build_object(
          'unchanged', plan_counts -> 'unchanged',
          'skipped', nullif(coalesce((plan_counts ->> 'skip')::int, 0) + coalesce((plan_counts ->> 'conflict')::int, 0), 0)))
      where id = ${lease.runId} returning outcome_counts as outcomes`.execute(tx)
    await moveRun(tx, lease.runId, 'applying', state)
    await notifyStarter(tx, lease.runId)
    await audit(tx, {
      workspaceId: lease.workspaceId,
      actor: actors.keyroster,
      action: 'import.finished',
      target: { kind: 'import', id: lease.runId },
      detail: { state, ...ended.rows[0]?.outcomes, leftGroups: Number(left.numAffectedRows ?? 0) },
    })
  })
}
