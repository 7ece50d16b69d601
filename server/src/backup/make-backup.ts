import { randomBytes } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { readApplied } from '../db/migrate.ts'
import { StartRefusal } from '../start-refusal.ts'
import { syncFolder } from '../sync-folder.ts'
import { version } from '../version.ts'
import { countRows } from './count-rows.ts'
import { endMark, formatVersion, type Head, type RowsOfTable } from './format.ts'
import { copyTarget, listTables } from './tables.ts'

export interface BackupMade {
  tables: number
  rows: number
  bytes: number
}

/**
 * Writes all tables, as they are at one moment, into `file`; a panel may be at work meanwhile. The file appears under its
 * name only when all of it is on the disk, and one that is there is never overwritten. Memory does not grow with the
 * data. Throws StartRefusal where there is nothing to back up, or the file cannot be written.
 */
export async function makeBackup(pool: pg.Pool, file: string): Promise<BackupMade> {
  refuseIfThere(file)
  const unfinished = `${file}.${randomBytes(4).toString('hex')}.unfinished`
  const client = await pool.connect()
  try {
    const tally: RowsOfTable[] = []
    await pipeline(
      content(client, tally),
      createGzip({ level: 4, chunkSize: 2 ** 17 }),
      createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }),
    )
    refuseIfThere(file)
    await rename(unfinished, file)
    await syncFolder(dirname(file))
    const { size } = await stat(file)
    return { tables: tally.length, rows: tally.reduce((sum, { rows }) => sum + rows, 0), bytes: size }
  } catch (error) {
    await rm(unfinished, { force: true })
    throw asRefusal(error, file)
  } finally {
    // A connection that was left in the middle of a COPY is of no use to anybody else.
    client.release(true)
  }
}

function refuseIfThere(file: string): void {
  if (existsSync(file))
    throw new StartRefusal(`${file} is there already. Choose another name for the backup.`)
}

async function* content(client: pg.PoolClient, tally: RowsOfTable[]): AsyncGenerator<string | Buffer> {
  await client.query('begin isolation level repeatable read, read only')
  await client.query('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0')
  const line = (value: object) => `${JSON.stringify(value)}\n`
  yield line(await readHead(client))
  for (const table of await listTables(client)) {
    yield line({ table: table.name, columns: table.columns })
    const counting = countRows(table.name)
    yield* counting.through(client.query(copyTo(`copy ${copyTarget(table)} to stdout`)))
    yield endMark
    tally.push(counting.total())
  }
  yield line({ tables: tally })
}

async function readHead(client: pg.PoolClient): Promise<Head> {
  const migrations = await readApplied(client)
  if (migrations.length === 0) {
    throw new StartRefusal('There is nothing to back up: Keyroster was never started on this database.')
  }
  const { rows } = await client.query<{ madeAt: Date; canary: Buffer | null }>(
    'select now() as "madeAt", (select sealed from secret_canary) as canary',
  )
  const { madeAt, canary } = rows[0]!
  return {
    keyroster: 'backup',
    format: formatVersion,
    version,
    madeAt: madeAt.toISOString(),
    migrations,
    canary: canary?.toString('base64') ?? null,
  }
}

/** What the system says about the file is told with what to do; everything else stays as it is. */
function asRefusal(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : ''
  if (!['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'].includes(code))
    return error
  return new StartRefusal(`${file} cannot be written (${code}). Choose another place for the backup.`, {
    cause: error,
  })
}
