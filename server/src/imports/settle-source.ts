import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { GraphError } from '../entra/graph-error.ts'
import { fenced, type Lease } from './lease.ts'
import type { Source } from './write-pages.ts'

/** How often one source may begin again after Microsoft dropped its place in the walk. */
const RESTARTS = 3

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
  const again = error.code === 'directory_changed_while_reading' && source.restarts < RESTARTS
  const state = again ? 'pending' : source.kind === 'group' ? closedState(error) : null
  if (state === null) throw error
  await fenced(db, lease, 'scanning', async (tx) => {
    // What half a walk said of a group is no statement about who is in it.
    await sql`delete from import_memberships
      where run_id = ${lease.runId} and ordinal = ${source.ordinal}`.execute(tx)
    await sql`
      update import_sources
      set state = ${state}, cursor = null, read_count = 0, restarts = restarts + ${again ? 1 : 0}
      where run_id = ${lease.runId} and ordinal = ${source.ordinal}`.execute(tx)
  })
  return again
}

function closedState(error: GraphError): 'gone' | 'forbidden' | null {
  if (error.code === 'group_gone') return 'gone'
  return error.code === 'group_forbidden' ? 'forbidden' : null
}
