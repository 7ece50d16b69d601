import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError } from 'pg'
import type { Db, Tx } from './schema.ts'

const attempts = 5

/**
 * Runs `work` in one transaction and answers what it answered. A serialization failure or a deadlock runs all of it again, at
 * most five times, so `work` must have no effect outside the database.
 */
export async function transaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return persistently(() => db.transaction().execute(work))
}

/** The same for a statement that is a transaction of its own: again after a serialization failure (40001) or a deadlock (40P01). */
export async function persistently<T>(execute: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await execute()
    } catch (error) {
      if (attempt === attempts || !mayPassNextTime(error)) throw error
      await sleep(Math.random() * 20 * 2 ** attempt)
    }
  }
}

/** https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html */
function mayPassNextTime(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === '40001' || error.code === '40P01')
}
