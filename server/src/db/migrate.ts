import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { StartRefusal } from '../start-refusal.ts'
import { holdingLock } from './advisory-lock.ts'
import { ensureRoles } from './roles.ts'

/** A migration that a database has: `checksum` is the SHA-256 of its file, in hex. */
export interface Applied {
  number: number
  name: string
  checksum: string
}

interface Migration extends Applied {
  sql: string
}

/** Any number, the same in every Keyroster: whoever migrates a database, or fills an empty one, holds it. */
export const migrationLock = 5_304_117_905

/** The folder of this product's migrations: `0001-initial.sql` and so on, forward only. */
const ownMigrations = fileURLToPath(new URL('./migrations', import.meta.url))

/**
 * Brings the database to the newest migration, or to number `last`, one transaction each, under an advisory lock, so that
 * several may start at once. Answers the names of those it applied. Throws StartRefusal where an applied file was
 * changed since, where the database is newer than this Keyroster, or where this user may not make the roles it works in.
 */
export async function migrate(pool: pg.Pool, folder = ownMigrations, last = Infinity): Promise<string[]> {
  const migrations = (await readMigrations(folder)).filter(({ number }) => number <= last)
  return holdingLock(pool, migrationLock, async (client) => {
    await ensureRoles(client)
    return applyMissing(client, migrations)
  })
}

/** The migrations that the database has, in their order; none where no Keyroster was ever started on it. */
export async function readApplied(client: pg.Pool | pg.PoolClient): Promise<Applied[]> {
  const table = await client.query(
    "select from pg_tables where schemaname = 'public' and tablename = 'migrations'",
  )
  if (table.rowCount === 0) return []
  return (await client.query<Applied>('select number, name, checksum from migrations order by number')).rows
}

/** The migrations that this Keyroster knows, in their order. */
export async function readMigrations(folder = ownMigrations): Promise<Migration[]> {
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
  const applied = await readApplied(client)
  for (const row of applied) checkApplied(row, migrations)
  const done = new Set(applied.map((row) => row.number))
  const missing = migrations.filter((migration) => !done.has(migration.number))
  for (const migration of missing) await apply(client, migration)
  return missing.map((migration) => migration.name)
}

function checkApplied(applied: Applied, migrations: Migration[]): void {
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
