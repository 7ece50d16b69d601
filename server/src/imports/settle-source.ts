import type { ProblemCode } from '@keyroster/api/problem.ts'
import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { GraphError } from '../entra/graph-error.ts'
import { fenced, type Lease } from './lease.ts'
import type { Source } from './source.ts'

/** How often one source may begin again, by what went wrong: a list that leads in a circle mostly does so each time. */
const restarts: Partial<Record<ProblemCode, number>> = {
  directory_changed_while_reading: 3,
  next_link_loop: 1,
}

/**
 * Decides what a source that could not be read means: begin again, leave out this group, or stop the run by throwing the
 * error on. Answers whether the source begins again.
 */
export async function settleSource(
  db: Db,
  lease: Lease,
  source: Source,
  error: GraphError,
): Promise<boolean> {
  const again = source.restarts < (restarts[error.code] ?? 0)
  const state = again ? 'pending' : source.kind === 'group' ? closedState(error) : null
  if (state === null) throw error
  await fenced(db, lease, 'scanning', async (tx) => {
    // What half a walk said of a group is no statement about who is in it; a group without a cursor has said nothing yet.
    if (source.cursor !== null)
      await sql`delete from import_memberships
        where run_id = ${lease.runId} and ordinal = ${source.ordinal}`.execute(tx)
    await sql`
      update import_sources
      set state = ${state}, cursor = null, read_count = 0, restarts = restarts + ${again ? 1 : 0}
      where run_id = ${lease.runId} and ordinal = ${source.ordinal}`.execute(tx)
  })
  return again
}

function closedState({ code }: GraphError): 'gone' | 'forbidden' | 'unfinished' | null {
  if (code === 'group_gone') return 'gone'
  if (code === 'group_forbidden') return 'forbidden'
  return code in restarts ? 'unfinished' : null
}

/**
 * Leaves out whom no group has any more, where one began again or was not read to its end: an import would take whatever part
 * of it happened to be read. For when all groups are read, as another may show the same people later. Writes only where there
 * is somebody: a fenced write says that the run came further.
 */
export async function forgetPeople(db: Db, lease: Lease): Promise<void> {
  const leftOver = sql`
    from import_entries e where e.run_id = ${lease.runId}
      and exists (
        select from import_sources s join import_runs r on r.id = s.run_id
        where s.run_id = ${lease.runId} and s.kind = 'group' and r.scope ->> 'kind' = 'groups'
          and (s.restarts > 0 or s.state not in ('complete', 'hidden')))
      and not exists (
        select from import_memberships m where m.run_id = e.run_id and m.object_id = e.object_id)`
  const found = await sql`select ${leftOver} limit 1`.execute(db)
  if (found.rows.length === 0) return
  await fenced(db, lease, 'scanning', (tx) =>
    sql`
      with forgotten as (delete ${leftOver} returning 1)
      update import_runs set read_count = read_count - (select count(*) from forgotten)
      where id = ${lease.runId}`.execute(tx),
  )
}
