import { spawnSync } from 'node:child_process'
import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportRun } from '@keyroster/api/imports.ts'
import { type Emulator, startEmulator } from 'entra-emulator'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../cli/free-port.ts'
import { readConfig } from '../config.ts'
import { findEmbedded } from '../db/embedded.ts'
import { joinDatabase } from '../db/open.ts'
import { openSecretKeys } from '../secrets/secret-keys.ts'
import { isFinished } from './run-state.ts'
import { insertConnection, isEnabledMember } from './test-import.ts'
import { type PanelProcess, startPanelProcess } from './test-panel-process.ts'

let folder: string
/** Of a size of its own, where a test mounts one there. */
let disk: string
/** Where the embedded PostgreSQL has its data. */
let dataDir: string
let settings: Record<string, string>
let emulator: Emulator
let connectionId: string
let panel: PanelProcess

beforeEach(async () => {
  folder = await mkdtemp('/tmp/keyroster-survive-')
  await chmod(folder, 0o711)
  disk = join(folder, 'disk')
  await mkdir(disk, { mode: 0o711 })
  dataDir = join(disk, 'data')
})
afterEach(async () => {
  await panel.stop()
  await emulator.close()
  spawnSync('umount', [disk])
  await rm(folder, { recursive: true })
})

/** A panel with a granted connection to a tenant of that many people. */
async function begin(users: number, more: Record<string, string> = {}): Promise<void> {
  emulator = await startEmulator({ seed: { users, groups: 5 }, granted: true, throttle: false })
  settings = {
    KEYROSTER_DATA_DIR: dataDir,
    KEYROSTER_SECRET_KEY: randomBytes(32).toString('base64'),
    KEYROSTER_PORT: String(await freePort('127.0.0.1', randomInt(30_000, 50_000))),
    KEYROSTER_ENTRA_LOGIN_URL: emulator.origin,
    KEYROSTER_GRAPH_URL: emulator.origin,
    ...more,
  }
  panel = await startPanelProcess(settings)
  const [workspace] = await ask<{ id: string }>('select id from workspaces')
  const config = readConfig(settings)
  const database = await joinDatabase(config)
  const secretKeys = await openSecretKeys(config, database.db, pino({ level: 'silent' }))
  connectionId = await insertConnection({ database, secretKeys }, workspace!.id, emulator)
  await database.close()
}

async function startImport(): Promise<string> {
  const id = randomUUID()
  const scope = { kind: 'all-users' }
  const { status } = await panel.call('POST', '/api/imports', { id, connectionId, scope, mode: 'new' })
  expect(status).toBe(202)
  return id
}

async function confirm(id: string): Promise<void> {
  const { body: run } = await panel.call<ImportRun>('GET', `/api/imports/${id}`)
  const { fingerprint } = run
  expect((await panel.call('POST', `/api/imports/${id}/confirm`, { fingerprint })).status).toBe(202)
}

/** A connection past the panel; null while PostgreSQL does not answer. */
async function connectToData(): Promise<pg.Client | null> {
  const url = await findEmbedded(dataDir)
  const client = new pg.Client({ connectionString: url ?? 'postgres://127.0.0.1:1/none' })
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch {
    await client.end().catch(() => {})
    return null
  }
}

/** Asks PostgreSQL past the panel, as soon as it answers. */
async function ask<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  for (; ; await sleep(20)) {
    const client = await connectToData()
    try {
      if (client) return (await client.query<Row>(text, values)).rows
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code?.startsWith('42')) throw error
    } finally {
      await client?.end().catch(() => {})
    }
  }
}

interface Standing {
  state: ImportRun['state']
  waiting_reason: string | null
  attempts: number
  read: number
  applied: number
  to_apply: number
  entries: number
  of_sources: number
  restarts: number
  planned: number
  plan_total: number
  done: number
  outcome_total: number
  created: number
  users: number
}

/** What the run's row says and what is really there, at one moment. */
async function standing(id: string): Promise<Standing> {
  const [found] = await ask<Standing>(
    `select r.state, r.waiting_reason, r.attempts, r.read_count as read, r.applied, r.to_apply,
      (select coalesce(sum(value::int), 0)::int from jsonb_each_text(r.plan_counts)) as plan_total,
      (select coalesce(sum(value::int), 0)::int from jsonb_each_text(r.outcome_counts)) as outcome_total,
      (select coalesce(sum(read_count), 0)::int from import_sources s where s.run_id = r.id) as of_sources,
      (select coalesce(sum(restarts), 0)::int from import_sources s where s.run_id = r.id) as restarts,
      e.*, (select count(*)::int from users) as users
    from import_runs r cross join lateral (
      select count(*)::int as entries, count(action)::int as planned, count(outcome)::int as done,
        (count(*) filter (where outcome = 'created'))::int as created
      from import_entries e where e.run_id = r.id) e
    where r.id = $1`,
    [id],
  )
  return found!
}

/** Nothing half there: every count is what it counts, no cursor is ahead of its people, and nobody is written unnoted. */
function expectConsistent(now: Standing): void {
  expect(now.read).toBe(now.entries)
  if (now.restarts === 0) expect(now.of_sources).toBe(now.entries)
  expect([0, now.entries]).toContain(now.planned)
  expect(now.plan_total).toBe(now.planned)
  expect(now.users).toBe(now.created)
  expect(now.done).toBe(now.applied)
  expect(now.outcome_total).toBe(isFinished(now.state) ? now.entries : now.applied)
}

/** The run has ended well, and what is here is what the tenant has. */
async function expectComplete(id: string): Promise<void> {
  const now = await standing(id)
  expectConsistent(now)
  expect(now.state).toBe('completed')
  const everybody = [...emulator.tenant.directory.users()]
  expect(now.read).toBe(everybody.length)
  const wanted = everybody.filter(isEnabledMember).map((user) => user.id)
  const here = await ask<{ id: string }>('select object_id as id from users order by object_id')
  const elsewhere = await ask<{ id: string }>(
    `select object_id as id from import_entries where conflict is not null or reason = 'no-email'`,
  )
  expect([...here, ...elsewhere].map((user) => user.id).sort()).toEqual(wanted.sort())
}

/** Makes every write take so long that a kill finds one under way. */
async function slowDown(): Promise<void> {
  await ask(
    `create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.1); return null; end'`,
  )
  for (const table of ['import_entries', 'users'])
    await ask(`create trigger slow after insert on ${table} for each statement execute function slow()`)
}

type Progress = Pick<Standing, 'state' | 'read' | 'applied'>

async function progress(id: string): Promise<Progress> {
  const [found] = await ask<Progress>(
    'select state, read_count as read, applied from import_runs where id = $1',
    [id],
  )
  return found!
}

/** Waits until more is committed than before, confirming the plan where that is what the run waits for. */
async function untilMoved(id: string, before: Progress): Promise<Progress> {
  for (; ; await sleep(20)) {
    const now = await progress(id)
    if (now.state === 'ready') await confirm(id)
    else if (isFinished(now.state)) throw new Error(`The run ended too early: ${JSON.stringify(now)}`)
    else if (now.read + now.applied > before.read + before.applied) return now
  }
}

async function until(id: string, reached: (now: Standing) => boolean): Promise<Standing> {
  for (; ; await sleep(100)) {
    const now = await standing(id)
    if (reached(now)) return now
    if (isFinished(now.state)) throw new Error(`The run ended: ${JSON.stringify(now)}`)
  }
}

/** Goes on with a run to its end, confirming it when it is ready. */
async function finish(id: string): Promise<void> {
  if (
    (await until(id, ({ state }) => state === 'ready' || state === 'applying' || isFinished(state))).state ===
    'ready'
  )
    await confirm(id)
  await until(id, ({ state }) => isFinished(state))
  await expectComplete(id)
}

/** The postmaster, and all its processes. */
async function postgresProcesses(): Promise<number[]> {
  const file = join(dataDir, 'postgres/data/postmaster.pid')
  if (!existsSync(file)) return []
  const postmaster = Number.parseInt(await readFile(file, 'utf8'), 10)
  const children: number[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    if (Number(stat.split(') ')[1]?.split(' ')[1]) === postmaster) children.push(pid)
  }
  return [postmaster, ...children]
}

/** All at once; one that has ended meanwhile is no matter. */
async function killPostgres(): Promise<void> {
  spawnSync('kill', ['-9', ...(await postgresProcesses()).map(String)])
}

const kinds = ['panel', 'both', 'postgres'] as const

const kills = {
  panel: async () => {
    await panel.kill()
    panel = await startPanelProcess(settings)
  },
  postgres: killPostgres,
  both: async () => {
    await Promise.all([panel.kill(), killPostgres()])
    panel = await startPanelProcess(settings)
  },
}

/** Kills while something was just written and more is on its way, and looks at what is there afterwards. */
async function killInState(id: string, state: string, what: (typeof kinds)[number]): Promise<void> {
  const moved = await untilMoved(id, await progress(id))
  expect(moved.state).toBe(state)
  await sleep(randomInt(200))
  await kills[what]()
  const after = await standing(id)
  const told = `killed ${what}, from ${JSON.stringify(moved)} to ${JSON.stringify(after)}`
  expect([after.read >= moved.read, after.applied >= moved.applied], told).toEqual([true, true])
  expectConsistent(after)
}

test.runIf(process.platform === 'linux')(
  '20 times killed in the middle of writes, the panel, PostgreSQL or both: nothing committed is lost, nothing is half there',
  { timeout: 600_000 },
  async () => {
    await begin(40_000)
    const id = await startImport()
    for (const state of ['scanning', 'applying']) {
      await slowDown()
      for (let round = 0; round < 10; round++) await killInState(id, state, kinds[round % kinds.length]!)
      await ask('drop function slow cascade')
      if (state === 'scanning') await until(id, (now) => now.state === 'ready')
    }
    await finish(id)
  },
)

const restarts = {
  'ends all connections': () =>
    ask(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'keyroster' and pid <> pg_backend_pid()",
    ),
  'shuts PostgreSQL down': async () => {
    const [postmaster] = await postgresProcesses()
    process.kill(postmaster!, 'SIGINT')
  },
}

test.each(Object.entries(restarts))(
  'when somebody %s, in a scan and in an apply, the run waits and goes on by itself',
  async (_title, restart) => {
    await begin(6_000)
    await slowDown()
    const id = await startImport()
    for (const state of ['scanning', 'applying']) {
      const before = await progress(id)
      const moved = await untilMoved(id, before)
      expect(moved.state).toBe(state)
      await restart()
      expectConsistent(await until(id, (now) => now.waiting_reason === 'database'))
      if (state === 'scanning') await until(id, (now) => now.state === 'ready')
    }
    await finish(id)
    expect(panel.child.exitCode).toBeNull()
  },
)

/** A small disk of its own for the data; false where this user may not make one. */
function mountSmallDisk(): boolean {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=700m,mode=0711', 'tmpfs', disk])
  return status === 0
}

/** Fills the small disk until only so much is free. */
async function fillDisk(leaveMegabytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(disk)
  const megabytes = Math.ceil((bavail * bsize) / 2 ** 20) - leaveMegabytes
  spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'ballast')}`, 'bs=1M', `count=${megabytes}`])
}

const isReady = async () => (await panel.call('GET', '/readyz')).status === 200

test('a disk that is nearly full makes imports wait and the panel unready, and with room again they go on', async ({
  skip,
}) => {
  if (!mountSmallDisk()) return skip('Only root may mount the small disk that this needs.')
  await begin(12_000)
  emulator.world.latencyMs = 800
  expect(await isReady()).toBe(true)
  const id = await startImport()
  await until(id, (now) => now.read > 0)
  await fillDisk(200)
  const waiting = await until(id, (now) => now.waiting_reason === 'database')
  expectConsistent(waiting)
  expect(waiting.read).toBeLessThan(12_000)
  expect(await isReady()).toBe(false)
  const { body: run } = await panel.call<ImportRun>('GET', `/api/imports/${id}`)
  expect(run).toMatchObject({ state: 'scanning', waiting: { reason: 'database' }, problem: null })
  await sleep(6_000)
  expect(await until(id, () => true)).toMatchObject({ state: 'scanning', read: waiting.read })
  await rm(join(disk, 'ballast'))
  emulator.world.latencyMs = 0
  await finish(id)
  expect(await isReady()).toBe(true)
})

test('a disk that others fill ends PostgreSQL, and with room again everything goes on by itself', async ({
  skip,
}) => {
  if (!mountSmallDisk()) return skip('Only root may mount the small disk that this needs.')
  await begin(12_000)
  await slowDown()
  const id = await startImport()
  await until(id, (now) => now.read > 0)
  await fillDisk(30)
  const client = await connectToData()
  // Its log is what PostgreSQL cannot live without.
  await client!.query("select pg_logical_emit_message(true, '', repeat('x', 100000000))").catch(() => {})
  await client!.end().catch(() => {})
  while (!panel.log().includes('PostgreSQL cannot be started again')) await sleep(100)
  expect(await isReady()).toBe(false)
  await rm(join(disk, 'ballast'))
  expectConsistent(await standing(id))
  await finish(id)
  expect(await isReady()).toBe(true)
})
