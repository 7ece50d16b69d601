import type pg from 'pg'

/** Runs `work` while this number is locked in the database: whoever locks the same one waits until it has ended. */
export async function holdingLock<T>(
  pool: pg.Pool,
  number: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [number])
    return await work(client)
  } finally {
    // The lock belongs to the connection: closing it instead of handing it back frees the lock whatever happened.
    client.release(true)
  }
}
