import { randomUUID } from 'node:crypto'
import type { ImportRun, StartImport } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { fenced, LeaseLost, takeLease } from './lease.ts'
import { createTestImport, pagesAsked, type TestImport } from './test-import.ts'
import { workOn } from './work-on.ts'
import { startWorker } from './worker.ts'

/** Four pages of people. */
const USERS = 3000

let test: TestImport
afterEach(() => test.close())

const open = async (options: Parameters<typeof createTestImport>[0] = {}) => {
  test = await createTestImport({ seed: { users: USERS, groups: 5 }, ...options })
  return test
}

async function start(scope: StartImport['scope'] = { kind: 'all-users' }): Promise<string> {
  const id = randomUUID()
  const body = { id, connectionId: test.connectionId, scope, mode: 'new-and-existing' }
  await test.call('POST', '/api/imports', body)
  return id
}

const count = async (table: 'users' | 'import_entries' | 'import_memberships') => {
  const rows = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(
    test.panel.database.db,
  )
  return rows.rows[0]!.n
}

describe('a scan', () => {
  it.each([
    ['a 503', { kind: 'status', status: 503 }],
    ['a 429 with a fractional Retry-After', { kind: 'status', status: 429, retryAfter: '1.2' }],
    ['a reset connection', { kind: 'reset' }],
    ['a truncated body', { kind: 'truncate' }],
    ['an HTML page with status 200', { kind: 'html' }],
    ['a token that is refused once', { kind: 'status', status: 401, code: 'InvalidAuthenticationToken' }],
    ['a place in the walk that Microsoft forgot', { kind: 'expired-skiptoken' }],
    ['rows that come twice', { kind: 'duplicate-rows' }],
  ] as const)('reads everybody exactly once in spite of %s', async (_title, effect) => {
    await open()
    test.emulator.faults.add({ route: 'users', nth: 2, times: 1, effect })
    const ready = await test.plan()
    expect([ready.state, ready.read, ready.problem]).toEqual(['ready', USERS, null])
    expect(await count('import_entries')).toBe(USERS)
  })

  it('says what it waits for while Microsoft asks it to wait', async () => {
    await open()
    test.emulator.faults.add({
      route: 'users',
      nth: 2,
      times: 1,
      effect: { kind: 'status', status: 429, retryAfter: '3' },
    })
    const id = await start()
    const waiting = await test.until(id, (run) => run.waiting !== null)
    expect(waiting).toMatchObject({ state: 'scanning', waiting: { reason: 'throttled' } })
    const ready = await test.until(id, (run) => run.state === 'ready')
    expect(ready.waiting).toBeNull()
  })

  it.each([
    ['the first page, which comes with the count', 1],
    ['a later page', 2],
  ])('refuses a next link that leads elsewhere on %s, and sends nothing there', async (_which, nth) => {
    await open()
    test.emulator.faults.add({
      route: 'users',
      nth,
      effect: { kind: 'foreign-next-link', origin: 'http://evil.example' },
    })
    const run = await test.plan()
    expect([run.state, run.problem?.code]).toEqual(['failed', 'next_link_refused'])
  })

  it('stops at the next page when it is cancelled, and changes nobody', async () => {
    await open({ latencyMs: 300 })
    const id = await start()
    await test.until(id, (run) => run.read > 0)
    await test.call('POST', `/api/imports/${id}/cancel`, {})
    const run = await test.until(id, ({ state }) => state === 'cancelled')
    expect(run.read).toBeLessThan(USERS)
    expect(await count('users')).toBe(0)
  })

  it('goes on from its last page under another worker after the first one stopped', async () => {
    await open({ latencyMs: 200 })
    const id = await start()
    await test.until(id, (run) => run.read > 0)
    await test.worker.close()
    const stopped = (await test.call<ImportRun>('GET', `/api/imports/${id}`)).body
    expect(stopped.state).toBe('scanning')
    test.worker = await startWorker(test.panel)
    test.panel.wake = test.worker.wake
    const ready = await test.until(id, (run) => run.state === 'ready')
    expect([ready.read, stopped.resumed, ready.resumed]).toEqual([USERS, 0, 1])
    const walks = pagesAsked(test.emulator).filter(({ query }) => !query.includes('skiptoken'))
    expect(walks).toHaveLength(1)
  })
})

describe('a scan of groups', () => {
  it('goes on under another worker, who may meet people and members again that the first one stored', async () => {
    await open({ seed: { users: 200, groups: 4, membersPerGroup: 60 }, largestPage: 25, latencyMs: 150 })
    const { directory } = test.emulator.tenant
    const groups = [...directory.groups()].map(({ id, displayName }) => ({ id, displayName }))
    const people = groups.map(({ id }) => directory.transitiveUserIds(id))
    const everybody = people.reduce((some, others) => some.union(others))
    expect(everybody.size).toBeLessThan(people.reduce((sum, { size }) => sum + size, 0))
    const id = await start({ kind: 'groups', groups })
    await test.until(id, (run) => run.read > 0)
    await test.worker.close()
    const { body: stopped } = await test.call<ImportRun>('GET', `/api/imports/${id}`)
    expect(stopped.read).toBeLessThan(everybody.size)
    test.worker = await startWorker(test.panel)
    test.panel.wake = test.worker.wake
    const ready = await test.until(id, (run) => run.state !== 'scanning' && run.state !== 'planning')
    expect([ready.state, ready.problem, ready.read]).toEqual(['ready', null, everybody.size])
    expect(await count('import_memberships')).toBe(people.reduce((sum, { size }) => sum + size, 0))
  })
})

describe('a plan', () => {
  it('leaves a run as it is that a person cancelled the moment it was ready', async () => {
    await open({ seed: { users: 20, groups: 1 } })
    const { panel } = test
    await test.worker.close()
    const id = await start()
    await sql`create function cancel_when_ready() returns trigger language plpgsql as $$ begin
      new.state := 'cancelled'; new.cancel_requested_at := now(); new.finished_at := now(); return new; end $$`.execute(
      panel.database.db,
    )
    await sql`create trigger cancel_when_ready before update on import_runs
      for each row when (new.state = 'ready') execute function cancel_when_ready()`.execute(panel.database.db)
    await workOn(panel, id, new AbortController().signal)
    const { body: run } = await test.call<ImportRun>('GET', `/api/imports/${id}`)
    expect(run.state).toBe('cancelled')
    test.worker = await startWorker(panel)
  })
})

describe('an apply', () => {
  it('stops at the next batch when it is cancelled, keeps who is imported, and says so', async () => {
    await open()
    const ready = await test.plan()
    await sql`update import_runs set state = 'applying', confirmed_at = now(), cancel_requested_at = null where id = ${ready.id}`.execute(
      test.panel.database.db,
    )
    const lease = await takeLease(test.panel.database.db, ready.id)
    // Another worker holds the run, so that the cancel is there before the first batch is.
    await test.call('POST', `/api/imports/${ready.id}/cancel`, {})
    await sql`update import_runs set lease_until = now() where id = ${lease!.runId}`.execute(
      test.panel.database.db,
    )
    const run = await test.until(ready.id, ({ state }) => state === 'cancelled')
    expect(run.sentence).toBe('Cancelled. Nothing was changed.')
    expect(await count('users')).toBe(0)
  })

  it('does nothing twice when it is taken up again in the middle', async () => {
    await open()
    const { db } = test.panel.database
    const ready = await test.plan()
    await test.worker.close()
    await test.call('POST', `/api/imports/${ready.id}/confirm`, { fingerprint: ready.fingerprint })
    // What a crash between two batches leaves: some are done, and their count with them.
    const { apply } = await import('./apply.ts')
    const lease = (await takeLease(db, ready.id))!
    const stop = new AbortController()
    const applying = apply(db, lease, stop.signal).catch((error) => error)
    await test.until(ready.id, (run) => run.applied > 0)
    stop.abort(new Error('stopped'))
    await applying
    await sql`update import_runs set lease_until = null`.execute(db)
    test.worker = await startWorker(test.panel)
    const run = await test.until(ready.id, ({ state }) => state.startsWith('completed'))
    expect(run.applied).toBe(run.toApply)
    expect(run.outcomes.created).toBe(run.toApply)
    expect(await count('users')).toBe(run.toApply)
  })

  it('makes a person the database refuses a failed entry, and imports everybody else', async () => {
    await open()
    const { db } = test.panel.database
    const ready = await test.plan()
    await sql`update import_entries set employee_id = repeat('x', 9)
      where object_id = (select min(object_id::text)::uuid from import_entries where action = 'create')`.execute(
      db,
    )
    await sql`alter table users add constraint short_ids check (length(employee_id) <> 9)`.execute(db)
    const run = await test.applyPlan(ready)
    expect([run.state, run.outcomes.failed]).toEqual(['completed-with-problems', 1])
    expect(run.outcomes.created).toBe(ready.toApply - 1)
    const [failed] = await test.entries(run.id, 'outcome=failed')
    expect(failed!.problem).toMatchObject({ code: 'write_failed', detail: expect.stringContaining('23514') })
  })
})

describe('an apply in which four of ten fail', () => {
  it('stops with nothing more written, says so, and lets the failed be retried', async () => {
    await open()
    const { db } = test.panel.database
    const ready = await test.plan()
    await sql`alter table users add constraint refused check (left(object_id::text, 1) not in ('0', '1', '2', '3', '4', '5', '6', '7'))`.execute(
      db,
    )
    const run = await test.applyPlan(ready)
    expect([run.state, run.problem?.code]).toEqual(['quarantined', 'too_many_failures'])
    expect(run.applied).toBeLessThan(ready.toApply)
    expect(await count('users')).toBe(run.outcomes.created)
    expect(run.retriable).toBe(run.outcomes.failed)
  })
})

describe('a lease', () => {
  it('is held by one worker, and a worker that slept through its end can write nothing', async () => {
    await open()
    const { db } = test.panel.database
    const ready = await test.plan()
    await test.worker.close()
    await sql`update import_runs set state = 'applying'`.execute(db)
    const slept = (await takeLease(db, ready.id))!
    expect(await takeLease(db, ready.id)).toBeNull()
    await sql`update import_runs set lease_until = now() - interval '1 second'`.execute(db)
    const awake = (await takeLease(db, ready.id))!
    expect(awake.fence).toBeGreaterThan(slept.fence)
    const write = fenced(db, slept, 'applying', (tx) => sql`update import_runs set applied = 1`.execute(tx))
    await expect(write).rejects.toBeInstanceOf(LeaseLost)
    test.worker = await startWorker(test.panel)
  })
})
