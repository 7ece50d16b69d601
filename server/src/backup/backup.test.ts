import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportRun } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifyAudit } from '../audit/verify.ts'
import { type Config, readConfig } from '../config.ts'
import type { Database } from '../db/open.ts'
import { createBareTestDatabase, createTestDatabase } from '../db/test-database.ts'
import { readRun } from '../imports/read-run.ts'
import { createTestImport, type TestImport } from '../imports/test-import.ts'
import { startWorker } from '../imports/worker.ts'
import { makeBackup } from './make-backup.ts'
import { restoreBackup } from './restore-backup.ts'
import { listTables } from './tables.ts'

/** Six batches of people. */
const people = 6000

let source: TestImport
let target: Database
let folder: string
let file: string
/** Of a panel on the empty database that has the right key. */
let config: Config

beforeEach(async () => {
  source = await createTestImport({ seed: { users: people, groups: 5 } })
  target = await createBareTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'keyroster-backup-'))
  file = join(folder, 'all.backup')
  config = { ...readConfig({}), databaseUrl: target.url, secretKey: source.secretKey, dataDir: folder }
})
afterEach(async () => {
  await source.close()
  await target.close()
  await rm(folder, { recursive: true })
})

/** What comes of deleting an audit event. */
const deletingEvents = ({ pool }: Database) =>
  pool.query('delete from audit_events').then(
    () => 'deleted',
    (error: Error) => error.message,
  )

const backUp = () => makeBackup(source.panel.database.pool, file)

/** A digest of every table of the public schema; `without` are columns that are not looked at. */
async function digests({ pool }: Database): Promise<Record<string, string>> {
  const client = await pool.connect()
  try {
    const found: Record<string, string> = {}
    for (const { name } of await listTables(client)) {
      const { rows } = await client.query(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' order by t::text)), '') as digest from ${name} t`,
      )
      found[name] = rows[0].digest
    }
    return found
  } finally {
    client.release()
  }
}

/** Starts an import and waits until it has come so far. */
async function startImport(reached: (run: ImportRun) => boolean): Promise<ImportRun> {
  const id = randomUUID()
  await source.call('POST', '/api/imports', {
    id,
    connectionId: source.connectionId,
    scope: { kind: 'all-users' },
    mode: 'new-and-existing',
  })
  return source.until(id, reached)
}

/** Lets a panel work on the restored database until the import is no longer in that state. */
async function goOn(runId: string, state: ImportRun['state']): Promise<ImportRun> {
  const worker = await startWorker({ ...source.panel, database: target })
  try {
    for (;;) {
      const run = await readRun(target.db, source.admin.workspaceId, runId)
      if (run.state !== state && run.state !== 'planning') return run
      await sleep(25)
    }
  } finally {
    await worker.close()
  }
}

test('what was backed up is there again, table by table and to the last value', async () => {
  const run = await source.applyPlan(await source.plan())
  expect(run.state).toBe('completed')
  const { pool } = source.panel.database
  await pool.query(
    `update users set display_name = E'a\\tb\\n\\\\.\\n\\\\N "ł" \\r' where id = (select min(id::text)::uuid from users)`,
  )
  await pool.query('delete from sessions')
  await source.worker.close()
  const before = await digests(source.panel.database)

  const made = await backUp()
  expect(made).toMatchObject({ tables: Object.keys(before).length, bytes: (await stat(file)).size })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['all.backup'])
  expect(await restoreBackup(config, file)).toMatchObject({ rows: made.rows, unfinishedImports: 0 })
  expect(await digests(target)).toEqual(before)
  expect(await verifyAudit(target.db, source.admin.workspaceId)).toMatchObject({ broken: null })
  expect(await deletingEvents(target)).toMatch(/audit events are kept/)
  source.worker = await startWorker(source.panel)
})

test('a backup holds nothing that a table of migrations or a sequence would have to bring', async () => {
  const { rows } = await source.panel.database.pool.query(
    "select count(*) from pg_sequences where schemaname = 'public'",
  )
  expect(rows).toEqual([{ count: 0 }])
})

test('a backup in the middle of an apply is of one moment, and the import goes on from there', async () => {
  const { pool } = source.panel.database
  await pool.query(`create function slow() returns trigger language plpgsql as
    'begin perform pg_sleep(0.3); return null; end'`)
  await pool.query('create trigger slow after insert on users for each statement execute function slow()')
  const ready = await source.plan()
  const applying = source.applyPlan(ready)
  await source.until(ready.id, (run) => run.applied > 0)
  await backUp()
  expect((await source.until(ready.id, () => true)).state).toBe('applying')

  expect((await restoreBackup(config, file)).unfinishedImports).toBe(1)
  const stood = await readRun(target.db, source.admin.workspaceId, ready.id)
  expect(stood.applied).toBeGreaterThan(0)
  expect(stood.applied).toBeLessThan(ready.toApply)
  const written = await sql<{ entries: number; users: number; held: number }>`
    select (select count(*) from import_entries where outcome is not null) as entries, (select count(*) from users) as users,
      (select count(*) from import_runs where lease_until is not null) as held`.execute(target.db)
  expect(written.rows).toEqual([{ entries: stood.applied, users: stood.outcomes.created, held: 0 }])

  const ended = await goOn(ready.id, 'applying')
  expect([ended.state, ended.applied, ended.resumed]).toEqual(['completed', ready.toApply, 1])
  const everybody = sql<{ object_id: string }>`select object_id from users order by object_id`
  await applying
  expect((await everybody.execute(target.db)).rows).toEqual(
    (await everybody.execute(source.panel.database.db)).rows,
  )
})

test('a scan that was backed up in the middle is read to its end from where it stood', async () => {
  source.emulator.world.latencyMs = 300
  const { id } = await startImport((run) => run.read > 0)
  await backUp()
  await restoreBackup(config, file)
  const stood = await readRun(target.db, source.admin.workspaceId, id)
  expect(stood.read).toBeGreaterThan(0)
  expect(stood.read).toBeLessThan(people)
  source.emulator.world.latencyMs = 0
  const ready = await goOn(id, 'scanning')
  expect([ready.state, ready.read]).toEqual(['ready', people])
})

test('sessions, links and API tokens of then open nothing any more', async () => {
  const made = await source.call('POST', '/api/tokens', { name: 'Nightly', scopes: ['users.read'] })
  expect(made.status).toBe(201)
  await backUp()
  await restoreBackup(config, file)
  const { rows } = await target.pool.query(
    `select (select count(*) from sessions) as sessions, (select count(*) from api_tokens) as tokens,
      (select count(*) from admins) as admins`,
  )
  expect(rows).toEqual([{ sessions: 0, tokens: 0, admins: 1 }])
})

test('a backup never takes the place of a file, and one that cannot be written leaves nothing', async () => {
  await writeFile(file, 'mine')
  await expect(backUp()).rejects.toThrow(`${file} is there already`)
  expect(await readFile(file, 'utf8')).toBe('mine')
  await rm(file)
  file = join(folder, 'nowhere/all.backup')
  await expect(backUp()).rejects.toThrow('cannot be written (ENOENT)')
  expect(await readdir(folder)).toEqual([])
})

test('a database that Keyroster was never started on has nothing to back up', async () => {
  await expect(makeBackup(target.pool, file)).rejects.toThrow('There is nothing to back up')
  expect(await readdir(folder)).toEqual([])
})

test('a restore into a workspace that is in use, or under a running panel, is refused and changes nothing', async () => {
  await backUp()
  await source.plan()
  const { database } = source.panel
  config = { ...config, databaseUrl: database.url }
  await expect(restoreBackup(config, file)).rejects.toThrow('A Keyroster is running on this database')
  await source.worker.close()
  const before = await digests(database)
  await expect(restoreBackup(config, file)).rejects.toThrow('This workspace is not empty: it has ')
  expect(await digests(database)).toEqual(before)
  source.worker = await startWorker(source.panel)
})

test('a restore that the database refuses half-way leaves nothing', async () => {
  await backUp()
  const migrated = await createTestDatabase()
  try {
    await migrated.pool.query('alter table connections add constraint nobody check (false)')
    config = { ...config, databaseUrl: migrated.url }
    await expect(restoreBackup(config, file)).rejects.toThrow('violates check constraint')
    expect((await migrated.pool.query('select from workspaces')).rowCount).toBe(0)
  } finally {
    await migrated.close()
  }
})

test('a workspace that was only started and looked at counts as empty', async () => {
  await backUp()
  await restoreBackup(config, file)
  await target.pool.query('delete from connections')
  await expect(restoreBackup(config, file)).resolves.toMatchObject({ unfinishedImports: 0 })
  expect((await target.pool.query('select from connections')).rowCount).toBe(1)
})
