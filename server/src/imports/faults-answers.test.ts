import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import type { ImportRun } from '@keyroster/api/imports.ts'
import type { Fault } from 'entra-emulator/faults'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestImport, pagesAsked, type TestImport } from './test-import.ts'
import { workOn } from './work-on.ts'
import { startWorker } from './worker.ts'

/**
 * What answers can be wrong, by the rows of the fault list. Rows that other tests prove:
 *
 * | row | behaviour | proved by |
 * | --- | --- | --- |
 * | 1 | a 429 holds up everybody of the connection, for fractions of seconds too | entra/graph-request.test.ts |
 * | 2, 3 | the pace halves at a refusal, and never goes beyond the quota | entra/governor.test.ts |
 * | 4, 5, 6 | 503, a reset, a cut connection, a web page | interruptions.test.ts |
 * | 14, 18 | a forgotten place, rows that come twice | interruptions.test.ts |
 * | 16 | a next link to another origin, scheme or path; a redirect | interruptions.test.ts, entra/next-link.test.ts |
 */

/** Five pages. */
const USERS = 300
const tenant = { seed: { users: USERS, groups: 1 }, largestPage: 60 }

let test: TestImport
beforeAll(async () => {
  test = await createTestImport(tenant)
})
afterAll(() => test.close())
afterEach(async () => {
  test.emulator.faults.clear()
  const { body } = await test.call<{ items: ImportRun[] }>('GET', '/api/imports?limit=1')
  const [last] = body.items
  if (last && !last.finishedAt) {
    await test.call('POST', `/api/imports/${last.id}/cancel`, {})
    await test.until(last.id, ({ finishedAt }) => finishedAt !== null)
  }
  test.emulator.requests.clear()
})

const strike = (effect: Fault['effect'], more: Partial<Fault> = {}) =>
  test.emulator.faults.add({ route: 'users', nth: 2, times: 1, effect, ...more })

async function start(): Promise<string> {
  const id = randomUUID()
  const { connectionId } = test
  const body = { id, connectionId, scope: { kind: 'all-users' }, mode: 'new-and-existing' }
  expect((await test.call('POST', '/api/imports', body)).status).toBe(202)
  return id
}

/** Milliseconds between the requests for pages of users. */
function gaps(): number[] {
  const times = pagesAsked(test.emulator).map(({ at }) => at.getTime())
  return times.slice(1).map((time, at) => time - times[at]!)
}

async function entryCount(runId: string): Promise<number> {
  const found = await sql<{ n: number }>`
    select count(*)::int as n from import_entries where run_id = ${runId}`.execute(test.panel.database.db)
  return found.rows[0]!.n
}

async function expectEverybody(run: ImportRun): Promise<void> {
  expect([run.state, run.read, run.problem]).toEqual(['ready', USERS, null])
  expect(await entryCount(run.id)).toBe(USERS)
}

describe('a scan that Microsoft slows down', () => {
  // Rows 1 and 3.
  it.each([
    ['an HTTP date', () => new Date(Date.now() + 3_000).toUTCString(), 1_900],
    ['seconds that are over', () => '0', 1_000],
    ['a negative number', () => '-5', 1_000],
    ['a date that is over', () => new Date(0).toUTCString(), 1_000],
    ['garbage', () => 'soon', 1_000],
    ['nothing', () => undefined, 1_000],
  ])('waits at least a second, and as long as it is told, by %s', async (_what, retryAfter, atLeast) => {
    strike({ kind: 'status', status: 429, retryAfter: retryAfter() })
    await expectEverybody(await test.plan())
    // The emulator dates requests in whole milliseconds.
    expect(gaps()[1]).toBeGreaterThanOrEqual(atLeast - 2)
    expect(Math.max(...gaps())).toBeLessThan(5_000)
  })

  // Row 3.
  it('waits ten minutes and a little more at most, whatever it is told, and can be cancelled meanwhile', async () => {
    strike({ kind: 'status', status: 429, retryAfter: '1e9' })
    const id = await start()
    const { waiting } = await test.until(id, (run) => run.waiting !== null)
    const minutes = (Date.parse(waiting!.until!) - Date.now()) / 60_000
    expect(minutes).toBeGreaterThan(9.9)
    expect(minutes).toBeLessThanOrEqual(12)
    await test.call('POST', `/api/imports/${id}/cancel`, {})
    await test.until(id, ({ state }) => state === 'cancelled')
    await restartPanel()
  })

  // Row 3.
  it('reads everybody although a third of all answers is a refusal', async () => {
    strike({ kind: 'status', status: 429, retryAfter: '1' }, { nth: 1, times: 3, chance: 0.5, seed: 3 })
    await expectEverybody(await test.plan())
  })
})

/** The gate of a connection is the panel's own, so only another panel forgets a wait. */
async function restartPanel(): Promise<void> {
  await test.close()
  test = await createTestImport(tenant)
}

describe('a scan with failing answers', () => {
  // Rows 4, 6, 7 and 17.
  it.each<[string, Fault['effect']]>([
    ['a 408', { kind: 'status', status: 408 }],
    ['a 500 without a message', { kind: 'status', status: 500, code: 'UnknownError', message: '' }],
    ['a 502', { kind: 'status', status: 502 }],
    ['a 504', { kind: 'status', status: 504 }],
    ['a 509', { kind: 'status', status: 509 }],
    ['half of the JSON', { kind: 'cut-json' }],
    ['an empty body', { kind: 'empty' }],
    ['another content type', { kind: 'content-type', value: 'text/plain' }],
    ['a body that cannot be unpacked', { kind: 'broken-gzip' }],
    ['an error in a 200', { kind: 'status', status: 200, body: { error: { code: 'UnknownError' } } }],
    ['a list without its items', { kind: 'status', status: 200, body: { '@odata.context': 'x' } }],
    ['an empty page that goes on', { kind: 'empty-page' }],
  ])('reads everybody exactly once in spite of %s', async (_what, effect) => {
    strike(effect)
    await expectEverybody(await test.plan())
    expect(pagesAsked(test.emulator)).toHaveLength(USERS / 60 + 1)
  })

  // Row 4.
  it.each([
    ['that comes with the count', 1],
    ['that is asked for by itself', 2],
  ])(
    'asks for half as many people on a first page %s after a second 504, for later pages carry their size',
    async (_which, nth) => {
      // What is refused in the batch for good is asked for by itself.
      if (nth > 1) strike({ kind: 'status', status: 403 }, { nth: 1 })
      strike({ kind: 'status', status: 504 }, { nth, times: 3 })
      strike({ kind: 'status', status: 504 }, { nth: nth + 5, times: 2 })
      await expectEverybody(await test.plan())
      const asked = pagesAsked(test.emulator).slice(nth - 1)
      const sizes = asked.map(({ query }) => new URLSearchParams(query).get('$top'))
      expect(sizes.slice(0, 4)).toEqual(['999', '999', '499', '249'])
      expect(new Set(sizes.slice(4))).toEqual(new Set(['249']))
    },
  )

  // Row 4.
  it('asks for half as many members of just the group that times out twice', async () => {
    const groups = [...test.emulator.tenant.directory.groups()]
    const { id, displayName } = groups[0]!
    test.emulator.faults.add({ route: 'members', times: 2, effect: { kind: 'status', status: 504 } })
    const ready = await test.plan({ scope: { kind: 'groups', groups: [{ id, displayName }] } })
    expect([ready.state, ready.sources]).toMatchObject(['ready', [{ state: 'complete' }]])
  })

  // Row 7, in a part of a batch.
  it.each([
    ['who is in it', 'members'],
    ['what it is', 'group'],
  ])('reads a group again that Microsoft tells an error of instead of %s, in a 200', async (_what, route) => {
    const { directory } = test.emulator.tenant
    const { id, displayName } = [...directory.groups()].find(
      (group) => directory.transitiveUserIds(group.id).size > 0,
    )!
    const body = { error: { code: 'UnknownError', message: '' }, value: [] }
    test.emulator.faults.add({ route, times: 1, effect: { kind: 'status', status: 200, body } })
    const ready = await test.plan({ scope: { kind: 'groups', groups: [{ id, displayName }] } })
    expect([ready.state, ready.sources]).toMatchObject(['ready', [{ state: 'complete' }]])
    expect(ready.read).toBe(directory.transitiveUserIds(id).size)
  })
})

describe('a Microsoft that does not answer', () => {
  const rest = async () => {
    await test.worker.close()
    test.worker = await startWorker(test.panel, { patience: 1_500 })
    test.panel.wake = test.worker.wake
  }

  /** Nobody waits a minute in a test. */
  const tryAgainNow = async (id: string) => {
    await sql`update import_runs set waiting_until = now() where id = ${id}`.execute(test.panel.database.db)
    await test.panel.wake(id)
  }

  const paused = (id: string) =>
    vi.waitUntil(
      async () => {
        const { body: run } = await test.call<ImportRun>('GET', `/api/imports/${id}`)
        const held = await sql`
          select from import_runs where id = ${id} and lease_until is not null`.execute(
          test.panel.database.db,
        )
        return run.waiting && held.rows.length === 0 ? run : false
      },
      { timeout: 10_000, interval: 50 },
    )

  // Rows 2, 5 and 6.
  it.each<[string, Fault['effect'], string]>([
    ['a web page each time', { kind: 'html' }, 'unreachable'],
    ['a body that drips', { kind: 'dripping-body', everyMs: 50 }, 'unreachable'],
    ['a refusal each time', { kind: 'status', status: 429, retryAfter: '60' }, 'throttled'],
  ])(
    'pauses the run after %s, with what was read, and it goes on from there',
    async (_what, effect, reason) => {
      await rest()
      strike(effect, { times: Number.POSITIVE_INFINITY })
      const id = await start()
      const waiting = await paused(id)
      expect([waiting.state, waiting.waiting?.reason, waiting.read]).toEqual(['scanning', reason, 60])
      test.emulator.faults.clear()
      if (reason === 'throttled') return await restartPanel()
      await tryAgainNow(id)
      await expectEverybody(await test.until(id, ({ state }) => state !== 'scanning' && state !== 'planning'))
      const beginnings = pagesAsked(test.emulator).filter(({ query }) => !query.includes('skiptoken'))
      expect(beginnings).toHaveLength(1)
    },
  )

  // Row 5.
  it.each([
    ['a name that nobody knows', async () => 'https://graph.invalid'],
    ['a handshake that breaks off', async () => `https://localhost:${await hangUp()}`],
  ])('pauses the run at %s, and it goes on when that is over', async (_what, origin) => {
    await rest()
    const { config } = test.panel
    const { entra } = config
    config.entra = { loginUrl: await origin(), graphUrl: await origin() }
    const id = await start()
    const waiting = await paused(id)
    expect([waiting.state, waiting.waiting?.reason]).toEqual(['scanning', 'unreachable'])
    config.entra = entra
    await tryAgainNow(id)
    await expectEverybody(await test.until(id, ({ state }) => state === 'ready'))
  })

  const servers: Server[] = []
  afterAll(() => {
    for (const server of servers) server.close()
  })

  async function hangUp(): Promise<number> {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  /** A run that found no answer this often, each time after it had waited so many minutes. */
  const inVain = async (waited: number[]): Promise<[ImportRun, string]> => {
    await test.worker.close()
    test.panel.wake = async () => {}
    strike({ kind: 'html' }, { nth: 2, times: Number.POSITIVE_INFINITY })
    const id = await start()
    const stopping = new AbortController()
    for (const minutes of [0, ...waited]) {
      await sql`
        update import_runs set unreachable_since = unreachable_since - make_interval(mins => ${minutes}) where id = ${id}`.execute(
        test.panel.database.db,
      )
      await workOn(test.panel, id, stopping.signal, { patience: 100 })
    }
    return [(await test.call<ImportRun>('GET', `/api/imports/${id}`)).body, id]
  }

  // Row 2.
  it.each<[string, number[], number]>([
    ['a minute at first', [], 1],
    ['as long again as it has waited', [1, 3], 4],
    ['a quarter of an hour at most, however often, for a day', [1, 2, 4, 8, 16, 32, 600, 700], 15],
  ])('is tried again after %s, and nothing that was read is lost', async (_what, waited, minutes) => {
    const [run] = await inVain(waited)
    expect([run.state, run.waiting?.reason, run.read, run.problem]).toEqual([
      'scanning',
      'unreachable',
      60,
      null,
    ])
    const next = (Date.parse(run.waiting!.until!) - Date.now()) / 60_000
    expect(next).toBeGreaterThan(minutes - 0.2)
    expect(next).toBeLessThan(minutes + 0.5)
    await rest()
  })

  // Row 2.
  it('fails the run after a day, and says why', async () => {
    const [run, id] = await inVain([10, 24 * 60])
    expect([run.state, run.problem?.code]).toEqual(['failed', 'microsoft_failed'])
    expect(run.sentence).toContain('For 24 hours Microsoft could not be reached')
    expect(await entryCount(id)).toBe(60)
    await rest()
  })

  // Row 2.
  it('has a day again after each page that came between', async () => {
    const [, id] = await inVain([23 * 60])
    test.emulator.faults.clear()
    strike({ kind: 'html' }, { nth: 2, times: Number.POSITIVE_INFINITY })
    await workOn(test.panel, id, new AbortController().signal, { patience: 100 })
    await sql`update import_runs set unreachable_since = unreachable_since - interval '2 hours' where id = ${id}`.execute(
      test.panel.database.db,
    )
    await workOn(test.panel, id, new AbortController().signal, { patience: 100 })
    const { body: run } = await test.call<ImportRun>('GET', `/api/imports/${id}`)
    expect([run.state, run.waiting?.reason, run.read]).toEqual(['scanning', 'unreachable', 120])
    await rest()
  })

  // Rows 2 and 31.
  it('can be cancelled while it waits', async () => {
    const [run, id] = await inVain([30])
    expect(run.waiting?.reason).toBe('unreachable')
    await rest()
    await test.call('POST', `/api/imports/${id}/cancel`, {})
    const ended = await test.until(id, ({ finishedAt }) => finishedAt !== null)
    expect([ended.state, ended.waiting]).toEqual(['cancelled', null])
  })

  it('is no matter of our own faults, which end a run after five tries without progress', async () => {
    await test.worker.close()
    test.panel.wake = async () => {}
    const { db } = test.panel.database
    await sql`alter table import_entries rename column search to sought`.execute(db)
    const id = await start()
    const stopping = new AbortController()
    const states: string[] = []
    // The first try still learns how many people there are, which is progress.
    for (let time = 0; time < 6; time += 1) {
      await workOn(test.panel, id, stopping.signal, { patience: 100 })
      states.push((await test.call<ImportRun>('GET', `/api/imports/${id}`)).body.state)
    }
    await sql`alter table import_entries rename column sought to search`.execute(db)
    expect(states).toEqual([...Array(5).fill('scanning'), 'failed'])
    await rest()
  })

  // Row 2.
  it('never fails a run for being throttled, however often', async () => {
    await test.worker.close()
    test.panel.wake = async () => {}
    strike({ kind: 'status', status: 429, retryAfter: '60' }, { nth: 1, times: Number.POSITIVE_INFINITY })
    const id = await start()
    const stopping = new AbortController()
    for (let time = 0; time < 7; time += 1) await workOn(test.panel, id, stopping.signal, { patience: 100 })
    const { body: run } = await test.call<ImportRun>('GET', `/api/imports/${id}`)
    expect([run.state, run.waiting?.reason]).toEqual(['scanning', 'throttled'])
    await restartPanel()
  })
})
