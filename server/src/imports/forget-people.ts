import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { fenced, type Lease } from './lease.ts'

/**
 * Leaves out people who are in no group as it was read at last, where one began again or was not read to its end: an import
 * would take whatever part of it happened to be read. For when all groups are read, as another may show the same people later.
 * Writes only where there is somebody: a fenced write says that the run came further.
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
