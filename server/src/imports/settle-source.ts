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
