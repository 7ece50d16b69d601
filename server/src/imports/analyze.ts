import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/schema.ts'

/** People from which on the planner needs fresh statistics of a run; fewer it finds by index, however old they are. */
const MANY = 1_000

/**
 * Gives the planner fresh statistics of what a large run has just written. ANALYZE waits for another one of the same
 * table, so that small runs do better without. `tables` says which, and which of their columns.
 */
export async function analyzeLargeRun(db: Db, runId: string, tables: RawBuilder<unknown>): Promise<void> {
  const run = await sql<{ read: number }>`
    select read_count as read from import_runs where id = ${runId}`.execute(db)
  if (run.rows[0]!.read >= MANY) await sql`analyze ${tables}`.execute(db)
}
