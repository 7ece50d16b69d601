import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../db/open.ts'
import { inWorkspace } from '../db/reach.ts'
import { createTestDatabase } from '../db/test-database.ts'
import type { DirectoryUser } from '../entra/directory-user.ts'
import { CancelRequested, type Lease, LeaseLost, takeLease } from './lease.ts'
import { type PageRead, preparePages } from './prepare-pages.ts'
import { createStoredPeople } from './stored-people.ts'
import { directoryUser, insertRun } from './test-run.ts'
import { writePages } from './write-pages.ts'

let database: Database
let lease: Lease
/** What the scan remembers, as it would of a run that just began. */
let stored: ReturnType<typeof createStoredPeople>

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

beforeEach(async () => {
  const { db } = database
  const made = await sql<{
    id: string
  }>`insert into workspaces (name) values ('Contoso') returning id`.execute(db)
  const workspaceId = made.rows[0]!.id
  const runId = await insertRun(db, workspaceId)
  await sql`insert into import_sources (run_id, workspace_id, ordinal, kind, object_id, name)
    select ${runId}, ${workspaceId}, n, 'group', gen_random_uuid(), 'Group ' || n from generate_series(0, 2) n`.execute(
    db,
  )
  lease = (await takeLease(db, runId))!
  stored = createStoredPeople(true)
})

const group = (known: object = {}) => ({
  id: 'unused',
  displayName: 'Sales',
  description: null,
  mail: null,
  kind: 'security' as const,
  dynamic: false,
  hiddenMembership: false,
  memberCount: null,
  ...known,
})
/** The first page of a group, and its last one but where `next` says otherwise. */
const page = (ordinal: number, users: DirectoryUser[], next: string | null = null): PageRead => ({
  source: { ordinal, kind: 'group' },
  group: group(),
  page: { users, next, count: users.length },
})
const laterPage = (ordinal: number, users: DirectoryUser[], next: string | null = null): PageRead => ({
  ...page(ordinal, users, next),
  group: undefined,
})
const write = (...pages: PageRead[]) =>
  inWorkspace(lease.workspaceId, () => writePages(database.db, lease, preparePages(pages, stored)))

const rows = async (query: ReturnType<typeof sql>) => (await query.execute(database.db)).rows
const sources = () =>
  rows(
    sql`select name, state, cursor, read_count from import_sources where run_id = ${lease.runId} order by ordinal`,
  )
const descriptions = () =>
  rows(sql`
    select description, mail, group_kind as kind, dynamic, hidden from import_sources
    where run_id = ${lease.runId} order by ordinal`)
const titles = () =>
  rows(
    sql`select object_id as id, job_title as title from import_entries where run_id = ${lease.runId} order by object_id`,
  )
const memberships = () =>
  rows(
    sql`select ordinal, object_id as id from import_memberships where run_id = ${lease.runId} order by object_id, ordinal`,
  )
const read = async () =>
  (
    await sql<{ n: number }>`select read_count as n from import_runs where id = ${lease.runId}`.execute(
      database.db,
    )
  ).rows[0]!.n

const [one, other, third] = [1, 2, 3].map((n) =>
  directoryUser({ objectId: `${n}0000000-0000-4000-8000-000000000000` }),
) as [DirectoryUser, DirectoryUser, DirectoryUser]

describe('pages of several groups', () => {
  it('store who is there once, in which groups, and how far each is read', async () => {
    await write(page(0, [other, one]), page(1, [one, third], 'further'))
    expect(await titles()).toEqual([one, other, third].map(({ objectId }) => ({ id: objectId, title: null })))
    expect(await memberships()).toEqual([
      { ordinal: 0, id: one.objectId },
      { ordinal: 1, id: one.objectId },
      { ordinal: 0, id: other.objectId },
      { ordinal: 1, id: third.objectId },
    ])
    expect(await sources()).toEqual([
      { name: 'Sales', state: 'complete', cursor: null, read_count: 2 },
      { name: 'Sales', state: 'reading', cursor: 'further', read_count: 2 },
      { name: 'Group 2', state: 'pending', cursor: null, read_count: 0 },
    ])
    expect(await read()).toBe(3)
  })

  it('take somebody as the last page has them, and count them once', async () => {
    const changed = { ...one, jobTitle: 'Adviser' }
    await write(page(0, [one, changed]), page(1, [other]))
    await write(page(2, [{ ...one, jobTitle: 'Head' }, other]))
    expect(await titles()).toEqual([
      { id: one.objectId, title: 'Head' },
      { id: other.objectId, title: null },
    ])
    expect(await read()).toBe(2)
  })

  it('may show somebody again on a later page of the same group, which stays what it was said to be', async () => {
    const known = {
      description: 'For sales',
      mail: 'sales@contoso.com',
      kind: 'microsoft365' as const,
      dynamic: true,
    }
    await write({ ...page(0, [one, other], 'further'), group: group(known) })
    await write(laterPage(0, [other, third]))
    expect(await memberships()).toHaveLength(3)
    expect((await sources())[0]).toEqual({ name: 'Sales', state: 'complete', cursor: null, read_count: 4 })
    expect((await descriptions())[0]).toEqual({ ...known, hidden: false })
  })

  it('are written over those of an earlier worker, whom nobody remembers, without rewriting who is unchanged', async () => {
    await write(page(0, [one, other], 'further'))
    const versions = () =>
      rows(sql`select xmin::text from import_entries where run_id = ${lease.runId} and job_title is null`)
    const before = await versions()
    stored = createStoredPeople(false)
    await write(laterPage(0, [one, other]), page(1, [one, third]))
    expect((await versions()).slice(0, 2)).toEqual(before)
    expect(await read()).toBe(3)
  })
})

describe('a group that cannot be read', () => {
  it('is said to be gone, and what was read of the others is stored', async () => {
    await write({ source: { ordinal: 0, kind: 'group' }, group: 'gone', page: null }, page(1, [one]))
    expect((await sources()).slice(0, 2)).toEqual([
      { name: 'Group 0', state: 'gone', cursor: null, read_count: 0 },
      { name: 'Sales', state: 'complete', cursor: null, read_count: 1 },
    ])
    expect((await descriptions())[0]).toEqual({
      description: null,
      mail: null,
      kind: null,
      dynamic: null,
      hidden: false,
    })
  })

  it('keeps its place where it was refused in the middle', async () => {
    await write(page(0, [one], 'further'))
    const before = await sources()
    await write({ source: { ordinal: 0, kind: 'group' }, page: null })
    expect(await sources()).toEqual(before)
  })

  it('is said to hide its members where it hides them and shows nobody', async () => {
    const hidden = group({ hiddenMembership: true })
    await write({ ...page(0, [], 'further'), group: hidden }, { ...page(1, [one]), group: hidden })
    await write(laterPage(0, []))
    expect((await sources()).map((source) => (source as { state: string }).state)).toEqual([
      'hidden',
      'complete',
      'pending',
    ])
  })
})

describe('a worker that may not write', () => {
  const run = () => rows(sql`select * from import_runs where id = ${lease.runId}`)
  const nothing = async () => {
    expect([await titles(), await memberships(), await read()]).toEqual([[], [], 0])
    expect(await sources()).toContainEqual({ name: 'Group 0', state: 'pending', cursor: null, read_count: 0 })
  }

  it.each([
    ['another one works on the run', sql`fence = fence + 1`, LeaseLost],
    ['the run is not being read any more', sql`state = 'cancelled'`, LeaseLost],
    ['a person asked the run to stop', sql`cancel_requested_at = now()`, CancelRequested],
  ])('stores nothing where %s', async (_why, change, error) => {
    await sql`update import_runs set ${change} where id = ${lease.runId}`.execute(database.db)
    const before = await run()
    await expect(write(page(0, [one]))).rejects.toBeInstanceOf(error)
    await nothing()
    // Nor is somebody else's lease renewed, or a failed try of theirs forgotten.
    expect(await run()).toEqual(before)
  })

  it.each([
    ['another one took the run', sql`fence = fence + 1`, LeaseLost],
    ['a person asked the run to stop', sql`cancel_requested_at = now()`, CancelRequested],
  ])('stores nothing where %s while it waited for the row of the run', async (_why, change, error) => {
    const written = whileHeld(change, () => write(page(0, [one])))
    await expect(written).rejects.toBeInstanceOf(error)
    await nothing()
  })
})

it('tries again where PostgreSQL asks for it', async () => {
  const { db } = database
  await sql`create sequence tries`.execute(db)
  await sql`create function fail_once() returns trigger language plpgsql security definer as $$ begin
    if nextval('tries') = 1 then raise serialization_failure; end if; return new; end $$`.execute(db)
  await sql`create trigger fail_once before update on import_runs for each row execute function fail_once()`.execute(
    db,
  )
  await write(page(0, [one]))
  await sql`drop trigger fail_once on import_runs`.execute(db)
  expect(await read()).toBe(1)
  expect(await rows(sql`select last_value::int as tries from tries`)).toEqual([{ tries: 2 }])
})

it('counts on from what the row of the run says after it waited for it', async () => {
  await whileHeld(sql`read_count = 5`, () => write(page(0, [one])))
  expect(await read()).toBe(6)
})

/** Does `work` while another transaction has changed the run's row and is not at its end, and lets it end once `work` waits. */
async function whileHeld(change: ReturnType<typeof sql>, work: () => Promise<void>): Promise<void> {
  const { db } = database
  const holder = await db.startTransaction().execute()
  await sql`update import_runs set ${change} where id = ${lease.runId}`.execute(holder)
  const working = work()
  working.catch(() => {})
  const waiting = sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  try {
    await expect.poll(async () => (await rows(waiting)).length).toBe(1)
  } finally {
    await holder.commit().execute()
  }
  await working
}
