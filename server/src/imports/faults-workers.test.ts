import { randomInt, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportRun } from '@keyroster/api/imports.ts'
import type { Problem } from '@keyroster/api/problem.ts'
import type { EmulatorOptions } from 'entra-emulator'
import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../cli/free-port.ts'
import { createTestImport, pagesAsked, type TestImport } from './test-import.ts'
import { type PanelProcess, startPanelProcess } from './test-panel-process.ts'
import { startWorker, type Worker } from './worker.ts'

/**
 * What can become of the workers of a run, and of its size, by the rows of the fault list. Rows that other tests prove:
 *
 * | row | behaviour | proved by |
 * | --- | --- | --- |
 * | 25 | killed at any moment, nothing is lost or done twice | survive.test.ts, schedules/schedules.test.ts |
 * | 26, 29 | a worker that ends hands its run on; one lease at a time | interruptions.test.ts, two-servers.test.ts |
 * | 30 | a write under an old fence is refused | interruptions.test.ts |
 * | 31 | the same start twice is one run; a cancel at the next page or batch | import.test.ts, interruptions.test.ts |
 * | 31 | a connection with a run that is not finished is not deleted | connections/routes.test.ts |
 */

let test: TestImport
let child: PanelProcess | undefined
let taker: Worker | undefined
afterEach(async () => {
  child?.child.kill('SIGCONT')
  await child?.kill()
  await taker?.close()
  await test.close()
  child = undefined
  taker = undefined
})

/** A panel whose worker is a process of its own, on the same database, so that it can be stopped and put to sleep. */
async function open(options: EmulatorOptions, more: Record<string, string> = {}): Promise<void> {
  test = await createTestImport({ throttle: false, ...options })
  await test.worker.close()
  test.panel.wake = async () => {}
  const { database } = test.panel
  child = await startPanelProcess({
    DATABASE_URL: database.url,
    KEYROSTER_SECRET_KEY: test.secretKey.toString('base64'),
    KEYROSTER_DATA_DIR: tmpdir(),
    KEYROSTER_PORT: String(await freePort('127.0.0.1', randomInt(30_000, 50_000))),
    KEYROSTER_ENTRA_LOGIN_URL: test.emulator.origin,
    KEYROSTER_GRAPH_URL: test.emulator.origin,
    ...more,
  })
}

async function start(): Promise<string> {
  const id = randomUUID()
  const { connectionId } = test
  const body = { id, connectionId, scope: { kind: 'all-users' }, mode: 'new' }
  expect((await child!.call('POST', '/api/imports', body)).status).toBe(202)
  return id
}

async function standing(id: string) {
  const found = await sql<{
    state: ImportRun['state']
    read: number
    entries: number
    ofSource: number
    held: boolean
    fence: number
  }>`
    select r.state, r.read_count as read, r.lease_until is not null as held, r.fence, s.read_count as "ofSource",
      (select count(*)::int from import_entries e where e.run_id = r.id) as entries
    from import_runs r join import_sources s on s.run_id = r.id where r.id = ${id}`.execute(
    test.panel.database.db,
  )
  return found.rows[0]!
}

const beginnings = () => pagesAsked(test.emulator).filter(({ query }) => !query.includes('skiptoken'))

describe('a panel that is told to end', () => {
  // Row 26.
  it('finishes the page it writes, keeps its place and gives the run back, and another goes on at once', async () => {
    await open({ seed: { users: 400, groups: 1 }, largestPage: 20, latencyMs: 100 })
    const id = await start()
    await test.until(id, ({ read }) => read >= 40)
    await child!.stop()
    const left = await standing(id)
    expect(left).toMatchObject({ state: 'scanning', held: false, entries: left.read, ofSource: left.read })
    expect(left.read % 20).toBe(0)
    expect(left.read).toBeLessThan(400)
    taker = await startWorker(test.panel)
    const ready = await test.until(id, ({ state }) => state === 'ready')
    expect([ready.read, beginnings().length]).toEqual([400, 1])
  })
})

describe('a panel that sleeps until its lease is over', () => {
  // Row 30.
  it('writes nothing into a run that another took, and lets it be', async () => {
    await open({ seed: { users: 400, groups: 1 }, largestPage: 20, latencyMs: 100 })
    const id = await start()
    await test.until(id, ({ read }) => read >= 40)
    await sleepBetweenWrites()
    await sql`update import_runs set lease_until = now() - interval '1 second'`.execute(
      test.panel.database.db,
    )
    taker = await startWorker(test.panel)
    await test.until(id, ({ read }) => read >= 100)
    child!.child.kill('SIGCONT')
    const ready = await test.until(id, ({ state }) => state === 'ready')
    await sleep(500)
    const now = await standing(id)
    expect(now).toMatchObject({ state: 'ready', read: 400, entries: 400, ofSource: 400, held: false })
    expect([ready.read, ready.problem, beginnings().length]).toEqual([400, null, 1])
  })

  /** Puts the process to sleep at a moment in which it holds no lock: PostgreSQL would keep that for it. */
  async function sleepBetweenWrites(): Promise<void> {
    for (;;) {
      child!.child.kill('SIGSTOP')
      await sleep(50)
      const open = await sql`
        select from pg_stat_activity where datname = current_database() and application_name = 'keyroster'
          and state like 'idle in transaction%'`.execute(test.panel.database.db)
      if (open.rows.length === 0) return
      child!.child.kill('SIGCONT')
      await sleep(10)
    }
  }
})

describe('two admins', () => {
  // Row 31.
  it('who start an import at once get one run, and the second is told where it is', async () => {
    test = await createTestImport({ seed: { users: 30, groups: 1 } })
    const { connectionId } = test
    const press = (id: string) =>
      test.call<ImportRun & Problem>('POST', '/api/imports', {
        id,
        connectionId,
        scope: { kind: 'all-users' },
        mode: 'new',
      })
    const ids = Array.from({ length: 5 }, () => randomUUID())
    const answers = await Promise.all(ids.map(press))
    const started = answers.filter(({ status }) => status === 202)
    const refused = answers.filter(({ status }) => status === 409)
    expect([started.length, refused.length]).toEqual([1, 4])
    for (const { body } of refused)
      expect([body.code, body.link]).toEqual(['import_already_running', `/imports/${started[0]!.body.id}`])
    const runs = await sql`select from import_runs`.execute(test.panel.database.db)
    expect(runs.rows).toHaveLength(1)
  })

  // Row 31.
  it('cannot take a connection away under a run, and can once it is cancelled; the run stays on record', async () => {
    test = await createTestImport({ seed: { users: 400, groups: 1 }, largestPage: 20, latencyMs: 100 })
    const id = randomUUID()
    const { connectionId } = test
    await test.call('POST', '/api/imports', { id, connectionId, scope: { kind: 'all-users' }, mode: 'new' })
    await test.until(id, ({ read }) => read > 0)
    const remove = () => test.call<Problem>('DELETE', `/api/connections/${connectionId}`)
    const refused = await remove()
    expect([refused.status, refused.body.code, refused.body.link]).toEqual([
      409,
      'connection_in_use',
      `/imports/${id}`,
    ])
    await test.call('POST', `/api/imports/${id}/cancel`, {})
    await test.until(id, ({ state }) => state === 'cancelled')
    expect((await remove()).status).toBe(204)
    const { body: run } = await test.call<ImportRun>('GET', `/api/imports/${id}`)
    expect([run.state, run.connectionId, run.connectionName]).toEqual(['cancelled', null, 'Contoso'])
  })
})

describe('a tenant of 60,000', () => {
  // Row 36: the panel alone takes most of this, and its people would take as much again if it kept them.
  it('is read and planned by a panel with 56 MB for its objects', { timeout: 120_000 }, async () => {
    await open({ seed: { users: 60_000, groups: 1 } }, { NODE_OPTIONS: '--max-old-space-size=56' })
    const id = await start()
    for (let now = await standing(id); now.state !== 'ready'; now = await standing(id)) {
      if (child!.child.exitCode !== null || child!.child.signalCode !== null)
        throw new Error(`The panel ended: ${child!.log().slice(-500)}`)
      await sleep(200)
    }
    expect(await standing(id)).toMatchObject({ state: 'ready', read: 60_000, entries: 60_000 })
  })
})
