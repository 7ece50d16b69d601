import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@keyroster/api/connections.ts'
import type { ImportRun, StartImport } from '@keyroster/api/imports.ts'
import type { Notification } from '@keyroster/api/notifications.ts'
import type { EmulatorOptions } from 'entra-emulator'
import type { Fault } from 'entra-emulator/faults'
import { sql } from 'kysely'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createTestImport, pagesAsked, type TestImport } from './test-import.ts'

/**
 * What can become of the connection, its clock and its tenant, by the rows of the fault list. Rows that other tests prove:
 *
 * | row | behaviour | proved by |
 * | --- | --- | --- |
 * | 8 | a token that is refused once is renewed once | interruptions.test.ts, entra/graph-request.test.ts |
 * | 10 | users that may not be read end the run, with the permission named | import.test.ts |
 * | 24 | a wrong clock is found by the check of a connection, and logged | entra/graph-request.test.ts |
 * | 35 | a grant never changes the tenant of a connection | connections/grant-access.test.ts |
 * | 35 | everybody disabled at once needs the reviewer's word | import.test.ts |
 */

/** Five pages. */
const USERS = 300

let test: TestImport
afterEach(async () => {
  vi.useRealTimers()
  await test.close()
})

async function open(options: EmulatorOptions = {}): Promise<void> {
  test = await createTestImport({ seed: { users: USERS, groups: 3 }, largestPage: 60, ...options })
}

const strike = (effect: Fault['effect'], more: Partial<Fault> = {}) =>
  test.emulator.faults.add({ route: 'users', nth: 3, times: 1, effect, ...more })

/** Graph drops the token once, so that the app has to ask for another in the middle of the run. */
const refuseToken = (times = 1) =>
  strike({ kind: 'status', status: 401, code: 'InvalidAuthenticationToken' }, { times })

async function start(wish: Partial<StartImport> = {}): Promise<string> {
  const id = randomUUID()
  const { connectionId } = test
  const body = { id, connectionId, scope: { kind: 'all-users' }, mode: 'new-and-existing', ...wish }
  expect((await test.call('POST', '/api/imports', body)).status).toBe(202)
  return id
}

const waitsForConnection = (id: string) => test.until(id, ({ waiting }) => waiting?.reason === 'connection')
const connection = async () =>
  (await test.call<Connection>('GET', `/api/connections/${test.connectionId}`)).body
const notices = async () =>
  (await test.call<{ items: Notification[] }>('GET', '/api/notifications')).body.items
const asked = (path: string) =>
  test.emulator.requests.list().filter((request) => request.path.includes(path)).length

interface Standing {
  state: ImportRun['state']
  cursor: string | null
  held: boolean
  /** Of the lease, and of a wait, in seconds by the database's clock. */
  secondsLeft: number | null
  waitLeft: number | null
}

async function standing(id: string): Promise<Standing> {
  const found = await sql<Standing>`
    select r.state, s.cursor, r.lease_until is not null as held, extract(epoch from r.lease_until - now())::float8 as "secondsLeft",
      extract(epoch from r.waiting_until - now())::float8 as "waitLeft"
    from import_runs r join import_sources s on s.run_id = r.id where r.id = ${id}`.execute(
    test.panel.database.db,
  )
  return found.rows[0]!
}

const ready = (id: string) => test.until(id, ({ state }) => state === 'ready' || state === 'failed')

/** The list was begun once: what had been read when it stopped was kept. */
const beginnings = () =>
  pagesAsked(test.emulator).filter(({ query }) => !query.includes('skiptoken') && query.includes('999'))

describe('a run whose token Graph does not accept', () => {
  // Row 8.
  it('waits with its place kept, tells every admin, asks nobody again, and goes on after a check that works', async () => {
    await open()
    refuseToken(Number.POSITIVE_INFINITY)
    const id = await start()
    const waiting = await waitsForConnection(id)
    expect(waiting).toMatchObject({
      state: 'scanning',
      read: 120,
      waiting: { until: null },
      problem: { code: 'sign_in_failed', remedy: expect.stringContaining('Check the connection') },
    })
    expect(await standing(id)).toMatchObject({ held: false, cursor: expect.stringContaining('skiptoken') })
    expect(await connection()).toMatchObject({
      state: 'needs-attention',
      lastCheck: {
        healthy: false,
        rows: [{ subject: 'sign-in', works: false, code: 'sign_in_failed' }, {}, {}, {}],
      },
    })
    expect(await notices()).toMatchObject([
      { kind: 'connection-needs-attention', link: `/connections/${test.connectionId}` },
    ])

    const before = test.emulator.requests.count()
    await sleep(6_000)
    expect(test.emulator.requests.count()).toBe(before)

    test.emulator.faults.clear()
    await test.call('POST', `/api/connections/${test.connectionId}/check`, {})
    const run = await ready(id)
    expect([run.state, run.read, run.problem, run.waiting]).toEqual(['ready', USERS, null, null])
    expect(beginnings()).toHaveLength(1)
    expect((await connection()).state).toBe('connected')
    expect(await notices()).toHaveLength(1)
    const { rows } = await test.panel.database.pool.query(
      "select actor_name, action, detail from audit_events where target_kind = 'connection' order by seq",
    )
    expect(rows.slice(-2)).toEqual([
      { actor_name: 'Keyroster', action: 'connection.needs-attention', detail: { import: id } },
      { actor_name: 'Operator', action: 'connection.checked', detail: { healthy: true } },
    ])
  })

  // Rows 8 and 31.
  it('can be cancelled while it waits', async () => {
    await open()
    refuseToken(Number.POSITIVE_INFINITY)
    const id = await start()
    await waitsForConnection(id)
    const before = test.emulator.requests.count()
    await test.call('POST', `/api/imports/${id}/cancel`, {})
    const run = await test.until(id, ({ state }) => state === 'cancelled')
    expect([run.sentence, run.problem]).toEqual(['Cancelled before anything was changed.', null])
    expect(test.emulator.requests.count()).toBe(before)
  })
})

describe('a run whose app Microsoft lets in no more', () => {
  const servicePrincipals = () => test.emulator.tenant.servicePrincipals
  // Row 9.
  it.each<[string, string, () => void]>([
    ['its secret expired', 'secret_expired', () => test.emulator.app.secrets[0]!.expiresAt.setTime(0)],
    ['its secret was taken away', 'secret_wrong', () => test.emulator.app.secrets.splice(0)],
    ['the app was removed', 'app_not_found', () => test.emulator.world.apps.splice(0)],
    ['the consent was taken back', 'consent_missing', () => servicePrincipals().clear()],
    [
      'an admin disabled the app',
      'app_disabled',
      () => {
        for (const principal of servicePrincipals().values()) principal.enabled = false
      },
    ],
  ])('waits where %s, says %s and what mends it, and knocks once', async (_what, code, spoil) => {
    await open()
    strike({ kind: 'delay', ms: 400 }, { nth: 2 })
    strike({ kind: 'status', status: 401, code: 'InvalidAuthenticationToken' }, { nth: 2 })
    const id = await start()
    await test.until(id, ({ read }) => read > 0)
    spoil()
    const waiting = await waitsForConnection(id)
    expect(waiting.problem).toMatchObject({ code, remedy: expect.any(String) })
    expect(await standing(id)).toMatchObject({ held: false })
    expect(await connection()).toMatchObject({ state: 'needs-attention' })
    expect((await notices()).map(({ kind }) => kind)).toEqual(['connection-needs-attention'])
    expect(asked('/token')).toBeLessThanOrEqual(2)
  })

  // Row 9.
  it('goes on from where it stood as soon as another secret is entered', async () => {
    await open({ latencyMs: 100 })
    refuseToken()
    const id = await start()
    await test.until(id, ({ read }) => read > 0)
    const [secret] = test.emulator.app.secrets
    secret!.expiresAt.setTime(0)
    await waitsForConnection(id)
    test.emulator.app.secrets.push({ ...secret!, value: 'another~secret', expiresAt: new Date('2100-01-01') })
    const credential = { kind: 'secret', secret: 'another~secret' }
    expect((await test.call('PATCH', `/api/connections/${test.connectionId}`, { credential })).status).toBe(
      200,
    )
    const run = await ready(id)
    expect([run.state, run.read, beginnings().length]).toEqual(['ready', USERS, 1])
  })

  // Row 9: tokens keep their permissions until they end, so the next one tells.
  it('ends where a permission was taken back in the middle, and the connection says so', async () => {
    await open({ latencyMs: 50 })
    refuseToken()
    const id = await start()
    test.emulator.revoke(['User.Read.All'])
    const run = await ready(id)
    expect([run.state, run.problem?.code]).toEqual(['failed', 'permission_missing'])
    expect(run.problem?.remedy).toContain('User.Read.All')
    expect((await connection()).state).toBe('needs-attention')
    expect((await notices()).map(({ kind }) => kind).sort()).toEqual([
      'connection-needs-attention',
      'import-failed',
    ])
  })
})

describe('groups that may not be read', () => {
  const groups = () =>
    [...test.emulator.tenant.directory.groups()].map(({ id, displayName }) => ({ id, displayName }))
  const scope = () => ({ kind: 'groups' as const, groups: groups() })
  const members = async () => {
    const found = await sql<{ n: number }>`select count(*)::int as n from group_members`.execute(
      test.panel.database.db,
    )
    return found.rows[0]!.n
  }

  // Row 10.
  it.each([
    ['none of them is shown', () => test.emulator.revoke(['GroupMember.Read.All'])],
    [
      'nobody in them is shown',
      () =>
        void test.emulator.faults.add({
          route: 'members',
          effect: { kind: 'status', status: 403, code: 'Authorization_RequestDenied' },
        }),
    ],
  ])('end the run where %s, with the permission named, and nobody leaves a group', async (_what, spoil) => {
    await open()
    await test.applyPlan(await test.plan({ scope: scope() }))
    const before = await members()
    expect(before).toBeGreaterThan(0)
    spoil()
    await test.call('POST', `/api/connections/${test.connectionId}/check`, {})
    const run = await test.plan({ scope: scope() })
    expect([run.state, run.problem?.code]).toEqual(['failed', 'permission_missing'])
    expect(run.problem?.remedy).toContain('GroupMember.Read.All')
    expect(await members()).toBe(before)
    expect((await connection()).state).toBe('needs-attention')
  })
})

describe('a clock that is wrong', () => {
  const trueTime = (offset = 0) => new Date(performance.timeOrigin + performance.now() + offset)
  const MINUTES = 60_000

  // Row 24.
  it.each([
    ['ahead', 10 * MINUTES],
    ['behind', -10 * MINUTES],
  ])('ten minutes %s changes no lease, no wait and nothing of what is read', async (_way, offset) => {
    await open({ now: trueTime })
    vi.useFakeTimers({ toFake: ['Date'], now: trueTime(offset), shouldAdvanceTime: true })
    const inThreeSeconds = trueTime(3_000).toUTCString()
    strike({ kind: 'status', status: 429, retryAfter: inThreeSeconds })
    const id = await start()
    const { secondsLeft, waitLeft } = await standingWhen(id, (now) => now.waitLeft !== null)
    expect(secondsLeft).toBeGreaterThan(20)
    expect(secondsLeft).toBeLessThanOrEqual(30)
    expect(waitLeft).toBeLessThan(4)
    await standingWhen(id, (now) => now.state === 'ready')
    const { body: run } = await test.call<ImportRun>('GET', `/api/imports/${id}`)
    expect([run.read, run.problem]).toEqual([USERS, null])
  })

  /** Waits by the clock that nobody set wrong. */
  async function standingWhen(id: string, reached: (now: Standing) => boolean): Promise<Standing> {
    const deadline = performance.now() + 20_000
    for (; ; await sleep(20)) {
      const now = await standing(id)
      if (reached(now)) return now
      if (performance.now() > deadline) throw new Error(`The run stayed as it was: ${JSON.stringify(now)}`)
    }
  }

  // Row 24.
  it('that makes Microsoft refuse a certificate is named, with what mends it', async () => {
    await open()
    test.emulator.faults.add({
      route: 'token',
      effect: {
        kind: 'status',
        status: 401,
        body: {
          error: 'invalid_client',
          error_codes: [700024],
          error_description: 'AADSTS700024: Client assertion is not within its valid time range.',
        },
      },
    })
    const { problem } = await waitsForConnection(await start())
    expect(problem).toMatchObject({ code: 'clock_off', remedy: expect.stringContaining('NTP') })
  })
})

describe('a connection that leads to another tenant', () => {
  // Row 35.
  it('stops the run before anything is read from there', async () => {
    await open({ otherTenants: true, latencyMs: 150 })
    const other = test.emulator.world.tenants[1]!
    const id = await start()
    await test.until(id, ({ read }) => read > 0)
    await test.worker.close()
    await sql`update connections set tenant_id = ${other.id}, tenant = ${other.id}`.execute(
      test.panel.database.db,
    )
    test.emulator.requests.clear()
    const { startWorker } = await import('./worker.ts')
    const worker = await startWorker(test.panel)
    const run = await test.until(id, ({ state }) => state === 'failed')
    await worker.close()
    expect(run.problem).toMatchObject({ code: 'tenant_mismatch', remedy: expect.any(String) })
    expect(test.emulator.requests.count()).toBe(0)
  })
})
