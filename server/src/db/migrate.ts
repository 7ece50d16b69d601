import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { StartRefusal } from '../start-refusal.ts'

interface Migration {
  number: number
  name: string
  sql: string
  checksum: string
}

/** Any number, the same in every Keyroster: whoever migrates a database holds it. */
const migrationLock = 5_304_117_905

/** The folder of this product's migrations: `0001-initial.sql` and so on, forward only. */
const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))

/**
 * Brings the database to the newest migration, one transaction each, under an advisory lock, so that several may start at
 * once. Answers the names of those it applied. Throws StartRefusal where an applied file was changed since, or where
 * the database is newer than this Keyroster.
 */
export async function migrate(pool: pg.Pool, folder = migrationsFolder): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    return await applyMissing(client, migrations)
  } finally {
    // The lock belongs to the connection: closing it instead of handing it back frees the lock whatever happened.
    client.release(true)
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}-.+\.sql$/.test(file)).sort()
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(`${folder}/${file}`, 'utf8')
      const checksum = createHash('sha256').update(sql).digest('hex')
      return { number: Number.parseInt(file, 10), name: file, sql, checksum }
    }),
  )
}

async function applyMissing(client: pg.PoolClient, migrations: Migration[]): Promise<string[]> {
  await client.query(`create table if not exists migrations (
    number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`)
  const applied = await client.query<Migration>(
    'select number, name, checksum from migrations order by number',
  )
  for (const row of applied.rows) checkApplied(row, migrations)
  const done = new Set(applied.rows.map((row) => row.number))
  const missing = migrations.filter((migration) => !done.has(migration.number))
  for (const migration of missing) await apply(client, migration)
  return missing.map((migration) => migration.name)
}

function checkApplied(applied: Migration, migrations: Migration[]): void {
  const ours = migrations.find((migration) => migration.number === applied.number)
  if (ours === undefined) {
    throw new StartRefusal(
      `The database was used by a newer Keyroster (it has ${applied.name}). Start that version, or restore a backup made before it.`,
    )
  }
  if (ours.checksum !== applied.checksum) {
    throw new StartRefusal(
      `The migration ${applied.name} was changed after this database had applied it. Put the file back as it was, or start with an empty database.`,
    )
  }
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query('begin')
    await client.query(migration.sql)
    await client.query('insert into migrations (number, name, checksum) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.checksum,
    ])
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback')
    throw new Error(`The migration ${migration.name} failed and was undone.`, { cause })
  }
}
