import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'

/** People from which on the planner needs fresh statistics of a run; fewer it finds by index, however old they are. */
const MANY = 1_000

/**
 * Gives the planner fresh statistics of what a large run has just written, by functions that run as the owner of the
 * tables, who alone may analyze them. ANALYZE waits for another one of the same table, so that small runs do better without.
 */
export async function analyzeLargeRun(db: Db, runId: string, before: keyof typeof analyses): Promise<void> {
  const run = await sql<{ read: number }>`
    select read_count as read from import_runs where id = ${runId}`.execute(db)
  if (run.rows[0]!.read >= MANY) await analyses[before].execute(db)
}

const analyses = {
  plan: sql`select analyze_for_plan()`,
  apply: sql`select analyze_for_apply()`,
}
