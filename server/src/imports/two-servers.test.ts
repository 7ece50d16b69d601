import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { ImportRun } from '@keyroster/api/imports.ts'
import { type Emulator, startEmulator } from 'entra-emulator'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect, type Database } from '../db/open.ts'
import { createTestDatabase } from '../db/test-database.ts'
import { type TestPanel, testPanelOn } from '../http/test-panel.ts'
import { isFinished } from './run-state.ts'
import { connectMortal, type MortalDatabase } from './schedules/mortal-database.ts'
import { insertConnection, pagesAsked } from './test-import.ts'
import { startWorker, type Worker } from './worker.ts'

/** Ten pages of people. */
const [USERS, PAGE] = [600, 60]

/** A whole panel: connections, API and worker of its own, on the database of the other. */
interface Server extends TestPanel {
  database: MortalDatabase
  worker: Worker
}

let shared: Database
let emulator: Emulator
let one: Server
let other: Server
let connectionId: string

beforeEach(async () => {
  emulator = await startEmulator({
    seed: { users: USERS, groups: 1 },
    granted: true,
    largestPage: PAGE,
    throttle: false,
  })
  shared = await createTestDatabase()
  one = await startServer()
  other = await startServer(one)
  const { panel, admin } = one
  connectionId = await insertConnection({ ...panel, database: shared }, admin.workspaceId, emulator)
})
afterEach(async () => {
  for (const { worker, app } of [one, other]) {
    await worker.close()
    await app.close()
  }
  for (const { database } of [one, other]) await database.close()
  await shared.close()
  await emulator.close()
})

async function startServer(first?: Server): Promise<Server> {
  const database = await connectMortal(shared.url)
  const entra = { loginUrl: emulator.origin, graphUrl: emulator.origin }
  const test = await testPanelOn(database, { entra }, first?.secretKey)
  const worker = await startWorker(test.panel)
  test.panel.wake = worker.wake
  return { ...test, database, worker }
}

/** Ends the worker of the server that is not this one. */
async function leaveWorkTo(server: Server): Promise<void> {
  await (server === one ? other : one).worker.close()
  one.panel.wake = server.worker.wake
  other.panel.wake = server.worker.wake
}

const read = async (server: Server, id: string) =>
  (await server.call<ImportRun>('GET', `/api/imports/${id}`)).body

const until = (server: Server, id: string, reached: (run: ImportRun) => boolean) =>
  vi.waitUntil(
    async () => {
      const run = await read(server, id)
      return reached(run) && run
    },
    { timeout: 30_000, interval: 20 },
  )

const isReady = ({ state }: ImportRun) => state === 'ready'
const hasEnded = ({ state }: ImportRun) => isFinished(state)

async function start(server: Server): Promise<string> {
  const id = randomUUID()
  const scope = { kind: 'all-users' }
  const wish = {
    id,
    connectionId,
    scope,
    mode: 'new-and-existing',
    includeGuests: true,
    includeDisabled: true,
  }
  expect((await server.call('POST', '/api/imports', wish)).status).toBe(202)
  return id
}

async function confirm(server: Server, id: string): Promise<void> {
  const { fingerprint } = await read(server, id)
  expect((await server.call('POST', `/api/imports/${id}/confirm`, { fingerprint })).status).toBe(202)
}

async function fenceOf(id: string): Promise<number> {
  const found = await sql<{ fence: number }>`select fence from import_runs where id = ${id}`.execute(
    shared.db,
  )
  return found.rows[0]!.fence
}

/** As if the time of every lease had gone by. */
const passLeases = () =>
  sql`update import_runs set lease_until = now() - interval '1 second' where lease_until is not null`.execute(
    shared.db,
  )

describe('two servers on one database', () => {
  it('never both work on a run, however often both are told of it', async () => {
    for (let round = 0; round < 3; round++) {
      emulator.requests.clear()
      const id = await start(round % 2 ? one : other)
      await Promise.all([one, other, one, other].map(({ worker }) => worker.wake(id)))
      const ready = await until(one, id, isReady)
      expect([ready.read, ready.resumed, await fenceOf(id)]).toEqual([USERS, 0, 1])
      expect(pagesAsked(emulator)).toHaveLength(USERS / PAGE)
      expect((await other.call('POST', `/api/imports/${id}/cancel`, {})).status).toBe(202)
    }
  })

  it('may each take a run that was started, and confirmed, at the other', async () => {
    await leaveWorkTo(other)
    const id = await start(one)
    await until(one, id, isReady)
    one.worker = await startWorker(one.panel)
    await leaveWorkTo(one)
    await confirm(other, id)
    const ended = await until(other, id, hasEnded)
    expect([ended.state, ended.applied, ended.resumed, await fenceOf(id)]).toEqual([
      'completed',
      ended.toApply,
      0,
      2,
    ])
  })

  it('both tell the progress of a run, whoever works on it, from its start to its end', async () => {
    await leaveWorkTo(other)
    emulator.world.latencyMs = 100
    const id = await start(one)
    const streams = Promise.all([one, other].map((server) => follow(server, id)))
    await until(one, id, isReady)
    await confirm(one, id)
    for (const runs of await streams) {
      expect([runs[0]!.state, runs.at(-1)!.state]).toEqual(['scanning', 'completed'])
      expect(new Set(runs.map((run) => run.read)).size).toBeGreaterThan(3)
      expect(runs.at(-1)).toEqual(await read(other, id))
    }
  })

  it('go on with what the other had in hand when it died, page by page and batch by batch', async () => {
    await leaveWorkTo(one)
    emulator.world.latencyMs = 100
    const id = await start(one)
    await until(other, id, (run) => run.read > 0)
    other.worker = await startWorker(other.panel)
    other.panel.wake = other.worker.wake
    one.database.die()
    await one.worker.close()
    const left = await read(other, id)
    expect([left.state, left.resumed]).toEqual(['scanning', 0])
    // Nobody takes it before the lease is over: the one that holds it may only be slow.
    await other.worker.wake(id)
    expect((await read(other, id)).read).toBe(left.read)
    await passLeases()
    const ready = await until(other, id, isReady)
    expect([ready.read, ready.resumed, await fenceOf(id)]).toEqual([USERS, 1, 2])
    const beginnings = pagesAsked(emulator).filter(({ query }) => !query.includes('skiptoken'))
    expect(beginnings).toHaveLength(1)
    await confirm(other, id)
    expect((await until(other, id, hasEnded)).resumed).toBe(1)
  })

  // Row 30: frozen in the middle of a write, a server holds the row of the run itself.
  it('go on where the other froze in the middle of a write, as soon as its transaction is given up', async () => {
    await leaveWorkTo(other)
    emulator.world.latencyMs = 100
    const id = await start(one)
    await until(other, id, (run) => run.read > 0)
    const frozen = await connect(shared.url, { idleInTransaction: 500 })
    const client = await frozen.pool.connect()
    await client.query('begin')
    await client.query('select from import_runs where id = $1 for update', [id])
    const { read: held } = await read(other, id)
    const ready = await until(other, id, isReady)
    expect([held < USERS, ready.read, ready.problem]).toEqual([true, USERS, null])
    await expect(client.query('update import_runs set read_count = 0')).rejects.toThrow()
    client.release()
    await frozen.close()
  })
})

/** All that the server tells of a run until the stream ends. */
async function follow({ app, cookie }: Server, id: string): Promise<ImportRun[]> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const stream = await fetch(`http://127.0.0.1:${port}/api/imports/${id}/events`, { headers: { cookie } })
  const text = await stream.text()
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => JSON.parse(event.slice('data: '.length)))
}
