import { randomUUID } from 'node:crypto'
import type { Scope, StartImport } from '@keyroster/api/imports.ts'
import type { EmulatorOptions } from 'entra-emulator'
import type { Fault } from 'entra-emulator/faults'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestImport, isEnabledMember, type TestImport } from './test-import.ts'

/**
 * What can become of one list, one group or one person while they are read, by the rows of the fault list. Rows that other
 * tests prove:
 *
 * | row | behaviour | proved by |
 * | --- | --- | --- |
 * | 12 | a group that is gone before it is read is said to be gone | import-groups.test.ts |
 * | 14 | a place that was forgotten once costs a new beginning | interruptions.test.ts |
 * | 16 | nothing is sent to a foreign next link | interruptions.test.ts, entra/graph-request.test.ts |
 * | 17, 18 | an empty page that goes on, rows that come twice | faults-answers.test.ts, interruptions.test.ts |
 * | 33 | a plan is made again where the workspace changed, and an old one is refused | import.test.ts |
 * | 34 | a person the database refuses stands alone; four of ten stop the run | interruptions.test.ts |
 * | 34 | a record that cannot be read is left out with the reason | hostile-records.test.ts |
 */

let test: TestImport
afterEach(() => test.close())

async function open(options: EmulatorOptions = {}): Promise<void> {
  test = await createTestImport({
    seed: { users: 300, groups: 3, membersPerGroup: 30 },
    largestPage: 10,
    ...options,
  })
}

const directory = () => test.emulator.tenant.directory

async function start(wish: Partial<StartImport> = {}): Promise<string> {
  const id = randomUUID()
  const { connectionId } = test
  const body = { id, connectionId, scope: { kind: 'all-users' }, mode: 'new-and-existing', ...wish }
  expect((await test.call('POST', '/api/imports', body)).status).toBe(202)
  return id
}

const settled = (id: string) =>
  test.until(id, ({ state }) => state === 'ready' || state === 'failed' || state === 'completed')

async function count(query: ReturnType<typeof sql<{ n: number }>>): Promise<number> {
  return (await query.execute(test.panel.database.db)).rows[0]!.n
}
const suspended = () =>
  count(sql<{ n: number }>`select count(*)::int as n from users where status = 'suspended'`)

describe('one group of several', () => {
  /** The group that goes wrong: it has more than one page, and people whom no other group has. */
  let bad: { id: string; displayName: string }
  let scope: Scope
  /** Who was in each group of the workspace after the import before. */
  let before: string[]

  beforeEach(async () => {
    await open({ latencyMs: 30 })
    const groups = [...directory().groups()].map(({ id, displayName }) => ({ id, displayName }))
    const own = (id: string) => {
      const elsewhere = new Set(
        groups.filter((one) => one.id !== id).flatMap((one) => [...directory().transitiveUserIds(one.id)]),
      )
      return [...directory().transitiveUserIds(id)].filter((user) => !elsewhere.has(user)).length
    }
    bad = groups.sort((one, other) => own(other.id) - own(one.id))[0]!
    expect(own(bad.id)).toBeGreaterThan(10)
    scope = { kind: 'groups', groups }
  })

  const membersOf = async (objectId: string) => {
    const rows = await sql<{ id: string }>`
      select m.user_id as id from group_members m join groups g on g.id = m.group_id
      where g.object_id = ${objectId} order by m.user_id`.execute(test.panel.database.db)
    return rows.rows.map(({ id }) => id)
  }
  const strike = (effect: Fault['effect'], more: Partial<Fault> = {}) =>
    test.emulator.faults.add({ route: `/v1.0/groups/${bad.id}/`, effect, ...more })

  const refused = { kind: 'status', status: 403, code: 'Authorization_RequestDenied' } as const

  // Rows 11, 12, 14 and 15.
  it.each<[string, string, () => void]>([
    ['is forbidden', 'forbidden', () => strike(refused)],
    ['is forbidden half-way', 'forbidden', () => strike(refused, { nth: 2, times: 99 })],
    [
      'is deleted half-way',
      'gone',
      () => strike({ kind: 'status', status: 404, code: 'Request_ResourceNotFound' }, { nth: 2, times: 99 }),
    ],
    ['is forgotten half-way, each time', 'unfinished', () => strike({ kind: 'expired-skiptoken' })],
    [
      'leads back to its own page',
      'unfinished',
      () => strike({ kind: 'looping-next-link' }, { nth: 2, times: 99 }),
    ],
    [
      'leads back to its beginning',
      'unfinished',
      () => strike({ kind: 'looping-next-link', to: 'beginning' }, { nth: 3, times: 999 }),
    ],
  ])('that %s is said to be %s; nobody leaves it, and the others are read', async (_what, state, spoil) => {
    await test.applyPlan(await test.plan({ scope }))
    before = await membersOf(bad.id)
    expect(before.length).toBeGreaterThan(10)
    spoil()
    const ready = await test.plan({ scope })
    expect([ready.state, ready.problem]).toEqual(['ready', null])
    expect(ready.sources).toHaveLength(3)
    expect(ready.sources[0]).toMatchObject({ name: bad.displayName, state, read: 0 })
    expect(ready.sources.slice(1).map((source) => source.state)).toEqual(['complete', 'complete'])
    expect(ready.membershipsToRemove).toBe(0)
    const run = await test.applyPlan(ready)
    expect(run.state).toBe('completed')
    expect(await membersOf(bad.id)).toEqual(before)
    expect(await suspended()).toBe(0)
  })

  // Rows 11, 12 and 15.
  it.each<[string, string, () => void]>([
    [
      'disappears',
      'gone',
      () => strike({ kind: 'status', status: 404, code: 'Request_ResourceNotFound' }, { nth: 2, times: 99 }),
    ],
    [
      'leads in a circle, then is forbidden',
      'forbidden',
      () => {
        strike({ kind: 'looping-next-link' }, { nth: 3, times: 1 })
        strike(refused, { nth: 4, times: 99 })
      },
    ],
  ])('that %s while it is read brings nobody in whom no other group has', async (_what, state, spoil) => {
    spoil()
    const ready = await test.plan({ scope })
    const others = scope.kind === 'groups' ? scope.groups.filter(({ id }) => id !== bad.id) : []
    const people = new Set(others.flatMap(({ id }) => [...directory().transitiveUserIds(id)]))
    expect(ready.read).toBe(people.size)
    expect(ready.sources[0]).toMatchObject({ state })
  })

  // Row 12.
  it('that disappears while it is read takes nobody along whom another group shows later', async () => {
    const [, other] = scope.kind === 'groups' ? scope.groups : []
    const others = directory().transitiveUserIds(other!.id)
    expect(others.size).toBeGreaterThan(20)
    const shared = [...directory().transitiveUserIds(bad.id)].find((id) => !others.has(id))!
    directory().addMember(other!.id, shared)
    strike({ kind: 'status', status: 404, code: 'Request_ResourceNotFound' }, { nth: 2, times: 99 })
    const ready = await test.plan({ scope })
    expect(ready.sources[0]).toMatchObject({ state: 'gone' })
    const search = encodeURIComponent(directory().user(shared)!.userPrincipalName)
    expect(await test.entries(ready.id, `search=${search}`)).toHaveLength(1)
  })

  // Rows 12 and 14: its own name is refused, and not its people, so that nothing of it is read again.
  it('that begins again and is gone by then brings nobody in whom no other group has', async () => {
    strike({ kind: 'expired-skiptoken' }, { nth: 2, times: 1 })
    const named = { route: `/v1.0/groups/${bad.id}`, nth: 4, times: 99 }
    test.emulator.faults.add({
      ...named,
      effect: { kind: 'status', status: 404, code: 'Request_ResourceNotFound' },
    })
    const ready = await test.plan({ scope })
    const others = scope.kind === 'groups' ? scope.groups.filter(({ id }) => id !== bad.id) : []
    const people = new Set(others.flatMap(({ id }) => [...directory().transitiveUserIds(id)]))
    expect([ready.sources[0]!.state, ready.read]).toEqual(['gone', people.size])
    expect(await count(sql`select count(*)::int as n from import_entries`)).toBe(people.size)
  })

  // Row 12: the real deletion, in the middle of the walk.
  it('that an admin deletes in the middle is said to be gone', async () => {
    const id = await start({ scope })
    await test.until(id, ({ read }) => read > 0)
    directory().removeGroup(bad.id)
    const ready = await settled(id)
    expect([ready.state, ready.sources[0]!.state]).toEqual(['ready', 'gone'])
  })
})

describe('a list that leads in a circle', () => {
  // Row 15.
  it.each([
    ['back to the same page', 'here', 4],
    ['back to its beginning', 'beginning', 3],
    ['to the same page under ever new addresses', 'here-anew', 3],
  ] as const)('%s ends the run, says so, and is not walked without end', async (_what, to, nth) => {
    await open({ largestPage: 60 })
    await test.applyPlan(await test.plan())
    test.emulator.requests.clear()
    test.emulator.faults.add({ route: 'users', nth, times: 1e9, effect: { kind: 'looping-next-link', to } })
    const run = await test.plan()
    expect(run.problem).toMatchObject({ code: 'next_link_loop', remedy: expect.any(String) })
    expect(run.state).toBe('failed')
    expect(run.sentence).toContain('circle')
    expect(test.emulator.requests.count()).toBeLessThan(400)
    expect(await suspended()).toBe(0)
  })

  // Row 15.
  it('once is read from its beginning, everybody once', async () => {
    await open({ largestPage: 60 })
    test.emulator.faults.add({ route: 'users', nth: 3, effect: { kind: 'looping-next-link' } })
    const ready = await test.plan()
    expect([ready.state, ready.read, ready.problem]).toEqual(['ready', 300, null])
  })
})

describe('a list that Microsoft forgets each time', () => {
  // Row 14.
  it('ends the run after some beginnings, and suspends nobody', async () => {
    await open()
    await test.applyPlan(await test.plan())
    test.emulator.requests.clear()
    test.emulator.faults.add({ route: 'users', effect: { kind: 'expired-skiptoken' } })
    const run = await test.plan()
    expect([run.state, run.problem?.code]).toEqual(['failed', 'directory_changed_while_reading'])
    expect(test.emulator.requests.count()).toBeLessThan(20)
    expect(await suspended()).toBe(0)
  })
})

describe('a next link that leads elsewhere', () => {
  // Row 16.
  it('is on record as what ended the run', async () => {
    await open()
    test.emulator.faults.add({
      route: 'users',
      nth: 1,
      effect: { kind: 'foreign-next-link', origin: test.emulator.origin.replace('localhost', '127.0.0.1') },
    })
    const run = await test.plan()
    const found = await sql<{ detail: unknown }>`
      select detail from audit_events where action = 'import.failed' and target_id = ${run.id}`.execute(
      test.panel.database.db,
    )
    expect(found.rows).toEqual([{ detail: { code: 'next_link_refused' } }])
  })
})

describe('a person who changes while the directory is read', () => {
  const byName = () =>
    [...directory().users()].sort((one, other) =>
      one.userPrincipalName.toLowerCase() < other.userPrincipalName.toLowerCase() ? -1 : 1,
    )

  // Rows 19 and 20.
  it('is one entry, as they were read last, where a new name moves them to a later page', async () => {
    await open({ latencyMs: 60 })
    const first = byName().find(isEnabledMember)!
    const id = await start()
    await test.until(id, ({ read }) => read >= 50)
    directory().updateUser(first.id, {
      userPrincipalName: 'zzzz@contoso.com',
      displayName: 'Renamed Meanwhile',
    })
    const ready = await settled(id)
    expect(ready.read).toBe(300)
    const entries = (await test.entries(id, 'search=Renamed')).filter(({ objectId }) => objectId === first.id)
    expect(entries).toMatchObject([
      { displayName: 'Renamed Meanwhile', userPrincipalName: 'zzzz@contoso.com' },
    ])
  })

  // Row 19.
  it('stays as they are here where a new name moves them to a page that was read before', async () => {
    await open({ latencyMs: 60 })
    await test.applyPlan(await test.plan())
    const last = byName().findLast(isEnabledMember)!
    const here = () =>
      count(sql<{ n: number }>`
        select count(*)::int as n from users where object_id = ${last.id} and status = 'active'`)
    expect(await here()).toBe(1)
    const id = await start()
    await test.until(id, ({ read }) => read >= 50)
    directory().updateUser(last.id, { userPrincipalName: '0000@contoso.com' })
    const ready = await settled(id)
    expect([ready.read, ready.plan.suspend]).toEqual([299, 0])
    await test.applyPlan(ready)
    expect(await here()).toBe(1)
  })

  // Row 13.
  it('is left out as gone where they were deleted between a run and the retry of it', async () => {
    await open()
    const ready = await test.plan()
    await sql`
      update import_entries set employee_id = repeat('x', 9) where object_id in (
        select object_id from import_entries where action = 'create' order by object_id limit 2)`.execute(
      test.panel.database.db,
    )
    await sql`alter table users add constraint short_ids check (length(employee_id) <> 9)`.execute(
      test.panel.database.db,
    )
    const run = await test.applyPlan(ready)
    expect(run.retriable).toBe(2)
    const [gone] = await test.entries(run.id, 'outcome=failed')
    directory().removeUser(gone!.objectId)
    const retry = await test.plan({ scope: { kind: 'retry', importId: run.id } })
    expect([retry.read, retry.plan.create, retry.skips['invalid-record']]).toEqual([2, 1, 1])
    const [entry] = await test.entries(retry.id, 'reason=invalid-record')
    expect(JSON.stringify(entry)).toContain('no longer in Microsoft Entra ID')
    expect((await test.applyPlan(retry)).outcomes.created).toBe(1)
  })

  // Row 33: what was reviewed is what happens; the next run brings the rest.
  it('is imported as reviewed where the directory changed after the plan was made', async () => {
    await open()
    const ready = await test.plan()
    const [entry] = await test.entries(ready.id, 'action=create')
    directory().updateUser(entry!.objectId, { displayName: 'Changed Since' })
    const run = await test.applyPlan(ready)
    expect(run.state).toBe('completed')
    const found = await sql<{ display_name: string }>`
      select display_name from users where object_id = ${entry!.objectId}`.execute(test.panel.database.db)
    expect(found.rows[0]!.display_name).toBe(entry!.displayName)
    expect((await test.plan()).plan.update).toBe(1)
  })
})
