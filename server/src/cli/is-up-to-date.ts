import type pg from 'pg'
import { readApplied, readMigrations } from '../db/migrate.ts'

/** Whether the database has the tables of this Keyroster, and not those of an older one that is not upgraded yet. */
export async function isUpToDate(pool: pg.Pool): Promise<boolean> {
  const [applied, known] = await Promise.all([readApplied(pool), readMigrations()])
  return applied.length === known.length
}
