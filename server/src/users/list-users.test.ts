import type { Problem } from '@keyroster/api/problem.ts'
import { type User, userSort } from '@keyroster/api/users.ts'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../db/open.ts'
import { inWorkspace } from '../db/reach.ts'
import { encodeCursor } from '../http/cursor.ts'
import { createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { listUsers } from './list-users.ts'
import { imported, insertConnection, insertUser, insertWorkspace } from './test-users.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())
beforeEach(() => panel.panel.database.pool.query('truncate users cascade'))

type UserPage = { items: User[]; total: number; atLeast?: true; next: string | null }
const db = () => panel.panel.database.db
const add = (name: string, columns?: Parameters<typeof insertUser>[3]) =>
  insertUser(db(), panel.admin.workspaceId, name, columns)

const addMany = (count: number) =>
  panel.panel.database.pool.query(
    `insert into users (workspace_id, display_name, name_folded, search)
     select $1, 'Person ' || n, 'person ' || n, 'person ' || n from generate_series(1, $2::int) n`,
    [panel.admin.workspaceId, count],
  )

async function list(query: Record<string, string>): Promise<UserPage> {
  const answer = await panel.call<UserPage>('GET', `/api/users?${new URLSearchParams(query)}`)
  expect(answer.status).toBe(200)
  return answer.body
}
const names = async (query: Record<string, string>) =>
  (await list(query)).items.map((user) => user.displayName)

describe('paging', () => {
  test.each(userSort.options)(
    'by %s over many people shows each of them once, in order, while others are added',
    async (sort) => {
      const before: string[] = []
      for (let n = 0; n < 230; n++) {
        const name = `Person ${n % 40}`
        // Every third has no email, and every name is shared, so that ties and gaps fall on page boundaries too.
        before.push(await add(name, { email: n % 3 === 0 ? null : `p${(n * 37) % 230}@contoso.com` }))
      }
      const seen: User[] = []
      let cursor: string | null = null
      do {
        const page: UserPage = await list({ sort, limit: '23', ...(cursor !== null && { cursor }) })
        seen.push(...page.items)
        cursor = page.next
        await add(`Person ${seen.length % 40}`, { email: `later${seen.length}@contoso.com` })
        await add(`Aaron ${seen.length}`)
      } while (cursor !== null)
      const ids = seen.map((user) => user.id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toEqual(expect.arrayContaining(before))
      const known = seen.filter((user) => before.includes(user.id))
      expect(known.map((user) => user.id)).toEqual(inOrder(known, sort).map((user) => user.id))
    },
  )

  test('counts everybody, but those of a narrowed list no further than ten thousand', async () => {
    await addMany(10_001)
    expect(await list({ limit: '1' })).toMatchObject({ total: 10_001 })
    expect((await list({ limit: '1' })).atLeast).toBeUndefined()
    expect(await list({ limit: '1', search: 'person' })).toMatchObject({ total: 10_000, atLeast: true })
    expect((await list({ limit: '1', search: 'person 77' })).atLeast).toBeUndefined()
  })

  test('says how many match, and where the list ends', async () => {
    for (let n = 0; n < 5; n++) await add(`Person ${n}`)
    const first = await list({ limit: '3' })
    expect(first).toMatchObject({ total: 5, next: expect.any(String) })
    const last = await list({ limit: '3', cursor: first.next! })
    expect(last).toMatchObject({ total: 5, next: null })
    expect(last.items).toHaveLength(2)
    const exact = await list({ limit: '5' })
    expect(exact.next).toBeNull()
    const found = await list({ limit: '3', search: 'person' })
    expect(found).toMatchObject({ total: 5, next: expect.any(String) })
    const rest = { limit: '3', search: 'person', cursor: found.next! }
    expect(await list(rest)).toMatchObject({ total: 5, next: null })
    expect(await list({ limit: '5', search: 'person' })).toMatchObject({ total: 5, next: null })
  })

  test('keeps one plan for the usual page of everybody, and another when they have become many', async () => {
    const { workspaceId } = panel.admin
    const { pool } = panel.panel.database
    // One connection, for each keeps plans of its own.
    const database = await connect(panel.panel.database.url, {
      openPool: (config) => new pg.Pool({ ...config, max: 1 }),
    })
    const plansAfter = async (pages: number) => {
      for (let page = 0; page < pages; page += 1)
        for (const [sort, limit] of [
          ['name', 50],
          ['name', 51],
          ['created', 50],
        ] as const)
          await listUsers(database.walled, workspaceId, { sort, limit })
      const { rows } = await sql<{ name: string; generic: number }>`
        select name, generic_plans as generic from pg_prepared_statements
        where statement like '%from workspace_users%' order by prepare_time`.execute(database.walled)
      return Promise.all(
        rows.map(async ({ name, generic }) => {
          const plan = await sql`explain execute ${sql.raw(name)} (${sql.lit(workspaceId)})`.execute(
            database.walled,
          )
          return [generic > 0, /Seq Scan|users_name/.exec(JSON.stringify(plan.rows))?.[0]]
        }),
      )
    }
    await inWorkspace(workspaceId, async () => {
      await addMany(20)
      await pool.query('analyze users')
      // Nobody knows how many there are before the first page; PostgreSQL tries five times with the values.
      expect((await plansAfter(10)).at(-1)).toEqual([true, 'Seq Scan'])
      await addMany(10_000)
      expect((await plansAfter(10)).at(-1)).toEqual([true, 'users_name'])
    }).finally(() => database.close())
  })

  test('refuses a cursor of another order, or one that was made up', async () => {
    const id = await add('Adele Vance')
    const strangers = [
      'garbage',
      encodeCursor(['email', 'adele', id]),
      encodeCursor(['name', null, id]),
      encodeCursor(['name', 'adele', "x' or true --"]),
    ]
    for (const cursor of strangers) {
      const answer = await panel.call<Problem>('GET', `/api/users?${new URLSearchParams({ cursor })}`)
      expect(answer).toMatchObject({ status: 400, body: { fields: [{ field: 'cursor' }] } })
    }
    const created = new URLSearchParams({ sort: 'created', cursor: encodeCursor(['created', 'x', id]) })
    expect((await panel.call('GET', `/api/users?${created}`)).status).toBe(400)
  })

  test('refuses sizes, orders and filters that do not exist', async () => {
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=x',
      'sort=password',
      'status=gone',
      'group=1',
      'sort=name&sort=email',
    ]) {
      const answer = await panel.call<Problem>('GET', `/api/users?${query}`)
      expect(answer.status, query).toBe(400)
      expect(answer.body.fields).toHaveLength(1)
    }
  })
})

/** The same order, told in JavaScript: without an email comes last, or first where the order is reversed. */
function inOrder(users: User[], sort: string): User[] {
  const key = (user: User): string =>
    sort.endsWith('created')
      ? user.id
      : sort.endsWith('email')
        ? (user.email ?? '\uffff')
        : user.displayName.toLowerCase()
  const compare = (a: User, b: User) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id < b.id ? -1 : 1)
  const sorted = users.toSorted(compare)
  return sort.startsWith('-') ? sorted.reverse() : sorted
}

describe('searching', () => {
  test('finds name, email and user principal name anywhere in them, whatever the case', async () => {
    await add('Adele Vance', { email: 'adelev@contoso.com' })
    await add('Alex Wilber', {
      email: 'alexw@contoso.com',
      user_principal_name: 'a.wilber@contoso.onmicrosoft.com',
    })
    await add('Zoë Ünal')
    expect(await names({ search: 'VANCE' })).toEqual(['Adele Vance'])
    expect(await names({ search: 'exw@cont' })).toEqual(['Alex Wilber'])
    expect(await names({ search: 'onmicrosoft' })).toEqual(['Alex Wilber'])
    expect(await names({ search: 'zoË ü' })).toEqual(['Zoë Ünal'])
    expect(await names({ search: 'v' })).toEqual(['Adele Vance'])
    expect(await names({ search: 'nobody' })).toEqual([])
  })

  test('does not match across two of them', async () => {
    await add('Adele', { email: 'vance@contoso.com' })
    expect(await names({ search: 'adele\nvance' })).toEqual([])
    expect(await names({ search: 'adelevance' })).toEqual([])
  })

  test('takes % _ and \\ as themselves', async () => {
    for (const name of ['100% sure', 'snake_case', 'back\\slash', 'plain']) await add(name)
    expect(await names({ search: '%' })).toEqual(['100% sure'])
    expect(await names({ search: '_' })).toEqual(['snake_case'])
    expect(await names({ search: '\\' })).toEqual(['back\\slash'])
    expect(await names({ search: 'k\\s' })).toEqual(['back\\slash'])
  })

  test('takes hostile text as text', async () => {
    const hostile = [
      "'; drop table users; --",
      '<script>alert(1)</script>',
      '#{7*7}{{7*7}}',
      '(a+)+$',
      'null',
      'שלום \u202egnp.exe',
    ]
    for (const name of hostile) await add(name)
    for (const name of hostile) expect(await names({ search: name })).toEqual([name])
    expect((await list({})).total).toBe(hostile.length)
  })

  test('of nothing but invisible characters or blanks finds everybody', async () => {
    await add('Adele Vance')
    expect(await names({ search: '\u200b\u00ad' })).toEqual(['Adele Vance'])
    expect(await names({ search: '   ' })).toEqual(['Adele Vance'])
  })
})

describe('filtering', () => {
  test('by status, source and group, all at once and with the count of what is left', async () => {
    const { workspaceId } = panel.admin
    const connection = await insertConnection(db(), workspaceId)
    await add('Manual')
    const member = await add('Imported', imported(connection))
    await add('Suspended', { ...imported(connection), status: 'suspended', suspended_by: 'import' })
    const { id: groupId } = await db()
      .insertInto('groups')
      .values({
        workspace_id: workspaceId,
        tenant_id: connection.tenantId,
        object_id: crypto.randomUUID(),
        display_name: 'Sales',
        name_folded: 'sales',
        kind: 'security',
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await db()
      .insertInto('group_members')
      .values({ workspace_id: workspaceId, group_id: groupId, user_id: member })
      .execute()
    expect(await names({ status: 'suspended' })).toEqual(['Suspended'])
    expect(await names({ source: 'manual' })).toEqual(['Manual'])
    expect(await names({ group: groupId })).toEqual(['Imported'])
    expect(await list({ group: groupId, status: 'suspended' })).toEqual({ items: [], total: 0, next: null })
    expect(await list({ group: crypto.randomUUID() })).toEqual({ items: [], total: 0, next: null })
  })

  test('never shows another workspace', async () => {
    const other = await insertWorkspace(db())
    await insertUser(db(), other, 'Somebody Else')
    await add('Adele Vance')
    expect(await list({})).toMatchObject({ total: 1, items: [{ displayName: 'Adele Vance' }] })
    expect(await names({ search: 'somebody' })).toEqual([])
  })
})
