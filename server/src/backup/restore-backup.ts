import { pipeline } from 'node:stream/promises'
import { isDeepStrictEqual } from 'node:util'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Config } from '../config.ts'
import { type Applied, migrate, migrationLock, readApplied, readMigrations } from '../db/migrate.ts'
import { openDatabase } from '../db/open.ts'
import { proveSecretKey } from '../secrets/secret-keys.ts'
import { StartRefusal } from '../start-refusal.ts'
import { type Backup, readBackup } from './read-backup.ts'
import { copyTarget, listTables, quoted } from './tables.ts'

export interface Restored {
  madeAt: string
  /** Of the Keyroster that made the backup. */
  version: string
  rows: number
  /** Imports that a panel goes on with as soon as it starts. */
  unfinishedImports: number
}

/**
 * Fills an empty workspace from a backup. The file, its migrations and the secret key are checked before the database is
 * even opened; then everything comes in within one transaction, every constraint in force. Throws StartRefusal, and
 * has changed nothing, where the backup is not sound, the key is another, or the workspace is in use.
 */
export async function restoreBackup(config: Config, file: string): Promise<Restored> {
  const backup = await readBackup(file)
  const { migrations, canary, madeAt, version } = backup.head
  await checkMigrations(migrations, file, version)
  if (canary !== null) await proveSecretKey(config, Buffer.from(canary, 'base64'), 'backup')
  const database = await openDatabase(config)
  try {
    await prepareTables(database.pool, migrations)
    const unfinishedImports = await fill(database.pool, file, backup)
    await migrate(database.pool)
    await database.pool.query('analyze')
    const rows = backup.tables.reduce((sum, table) => sum + table.rows, 0)
    return { madeAt, version, rows, unfinishedImports }
  } finally {
    await database.close()
  }
}

/** The backup's migrations must be the first ones of ours, unchanged: the later ones are applied to what it held. */
async function checkMigrations(applied: Applied[], file: string, madeBy: string): Promise<void> {
  const ours = await readMigrations()
  const unknown = applied.find(({ number }) => !ours.some((known) => known.number === number))
  if (unknown) {
    throw new StartRefusal(
      `${file} was made by a newer Keyroster (${madeBy}, it has ${unknown.name}). Restore it with that version, or with a later one.`,
    )
  }
  const different = ours
    .slice(0, applied.length)
    .find(({ checksum }, at) => checksum !== applied[at]!.checksum)
  if (applied.length === 0 || different) {
    throw new StartRefusal(
      `${file} was made by another Keyroster (${madeBy}), whose ${different?.name ?? 'tables'} differs from this one's. Restore it with that version.`,
    )
  }
}

/** Gives an empty database the tables of the backup's time, and refuses one that has others. */
async function prepareTables(pool: pg.Pool, migrations: Applied[]): Promise<void> {
  const here = await readApplied(pool)
  if (here.length !== 0 && here.length !== migrations.length) {
    throw new StartRefusal(
      `This database has the tables of another version (${here.at(-1)!.name}) than the backup (${migrations.at(-1)!.name}). Restore into a new database or data folder; nothing was changed.`,
    )
  }
  await migrate(pool, undefined, migrations.at(-1)!.number)
}

/** What the first start of a panel, and a look at it, write: a workspace with no more than this is empty. */
const writtenAtFirstStart = [
  'workspaces',
  'admins',
  'data_keys',
  'secret_canary',
  'sign_in_links',
  'sessions',
  'passkey_ceremonies',
  'audit_events',
  'audit_heads',
]

const keptByTriggers = ['users', 'audit_events']

/** Answers how many imports go on. */
async function fill(pool: pg.Pool, file: string, backup: Backup): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    // A panel that starts meanwhile waits here, and then finds all of it.
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
    // What triggers keep, such as the count of users, is in the backup already; and audit events, which a trigger would
    // number anew and not let go, make way for those of the backup.
    for (const table of keptByTriggers) await client.query(`alter table ${table} disable trigger user`)
    await emptyWorkspace(client)
    await copyRows(client, file, backup)
    for (const table of keptByTriggers) await client.query(`alter table ${table} enable trigger user`)
    await checkCounts(client, backup)
    const unfinished = await forgetTheMoment(client)
    await client.query('commit')
    return unfinished
  } finally {
    // Whatever is not committed goes with the connection.
    client.release(true)
  }
}

async function emptyWorkspace(client: pg.PoolClient): Promise<void> {
  const tables = await listTables(client)
  await client.query(
    `lock table ${tables.map(({ name }) => quoted(name)).join(', ')} in access exclusive mode`,
  )
  const panel = await client.query(
    "select from pg_stat_activity where datname = current_database() and application_name = 'keyroster-queue'",
  )
  if (panel.rowCount !== 0) {
    throw new StartRefusal('A Keyroster is running on this database. Stop it first; nothing was changed.')
  }
  for (const { name } of tables.filter((table) => !writtenAtFirstStart.includes(table.name))) {
    const used = await client.query(`select from ${quoted(name)} limit 1`)
    if (used.rowCount === 0) continue
    throw new StartRefusal(
      `This workspace is not empty: it has ${name.replaceAll('_', ' ')}. Restore into a new database or data folder; nothing was changed.`,
    )
  }
  for (const { name } of tables.toReversed().filter((table) => writtenAtFirstStart.includes(table.name))) {
    await client.query(`delete from ${quoted(name)}`)
  }
}

async function copyRows(client: pg.PoolClient, file: string, backup: Backup): Promise<void> {
  const known = new Map((await listTables(client)).map(({ name, columns }) => [name, columns]))
  const copied = await readBackup(file, async (table, rows) => {
    if (!isDeepStrictEqual(known.get(table.name), table.columns)) {
      throw new StartRefusal(
        `${file} holds a table ${table.name} that is not Keyroster's. Nothing was changed.`,
      )
    }
    await pipeline(rows, client.query(copyFrom(`copy ${copyTarget(table)} from stdin`)))
  })
  if (!isDeepStrictEqual(copied, backup)) {
    throw new StartRefusal(`${file} changed while it was restored. Nothing was changed.`)
  }
}

async function checkCounts(client: pg.PoolClient, { tables }: Backup): Promise<void> {
  for (const { name, rows } of tables) {
    const found = await client.query<{ count: number }>(`select count(*) from ${quoted(name)}`)
    const { count } = found.rows[0]!
    if (count !== rows) throw new Error(`Of the ${rows} rows of ${name}, ${count} arrived.`)
  }
}

/**
 * Drops what belonged to the moment of the backup: sessions and API tokens that may have been ended since must not open
 * again, and no worker of then holds an import now. Answers how many imports have work.
 */
async function forgetTheMoment(client: pg.PoolClient): Promise<number> {
  await client.query(
    'delete from sessions; delete from api_tokens; delete from sign_in_links; delete from passkey_ceremonies; delete from consent_trips',
  )
  const unfinished = await client.query(`
    update import_runs set lease_until = null, waiting_reason = null, waiting_until = null, attempts = 0
    where state in ('scanning', 'planning', 'applying')`)
  return unfinished.rowCount ?? 0
}
