import { CompiledQuery, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Database } from '../db/open.ts'
import { inWorkspace } from '../db/reach.ts'
import { createTestDatabase } from '../db/test-database.ts'
import { fillWorkspace } from '../db/test-workspace.ts'
import { listUsers } from './list-users.ts'

let database: Database
/** Connections whose statements are kept. */
let watched: Database
const asked: { text: string; values: unknown[] }[] = []
let workspace: string

beforeAll(async () => {
  database = await createTestDatabase()
  workspace = (await fillWorkspace(database.pool)).workspace
  await database.pool.query('drop index users_search')
  await database.pool.query(
    `insert into users (workspace_id, display_name, name_folded, search)
     select $1, 'Person ' || n, 'person ' || n, md5(n::text) from generate_series(1, 200000) n`,
    [workspace],
  )
  await database.pool.query('create index users_search on users using gin (search gin_trgm_ops)')
  await database.pool.query('analyze users')
  watched = await connect(database.url, {
    openPool: (config) =>
      new pg.Pool(config).on('connect', (client) => {
        const query = client.query.bind(client) as (...args: unknown[]) => unknown
        client.query = ((...args: unknown[]) => {
          const [asks] = args as [string | { text: string; values: unknown[] }]
          if (typeof asks === 'object' && asks.text.includes('like')) asked.push(asks)
          return query(...args)
        }) as typeof client.query
      }),
  })
})
afterAll(async () => {
  await watched.close()
  await database.close()
})

async function planOf({ text, values }: { text: string; values: unknown[] }): Promise<string> {
  const plan = CompiledQuery.raw(`explain ${text}`, values)
  const { rows } = await inWorkspace(workspace, () => database.walled.executeQuery(plan))
  return JSON.stringify(rows)
}

test('a search among 200,000 people finds them by its index, behind row-level security too', async () => {
  const find = (search: string, limit: number) =>
    inWorkspace(workspace, () => listUsers(watched.walled, workspace, { search, sort: 'name', limit }))
  expect(await find('c4ca4238', 50)).toMatchObject({ items: [{ displayName: 'Person 1' }], total: 1 })
  // The page held all of them, so nobody counted.
  expect(asked).toHaveLength(1)
  expect((await find('c4ca4', 1)).total).toBeGreaterThan(1)
  expect(asked).toHaveLength(3)
  for (const query of asked) expect(await planOf(query)).toContain('users_search')
  // And this is what it is for: asked of the table itself, the policy comes first, and each row is looked at.
  const [first] = asked
  expect(await planOf({ ...first!, text: first!.text.replaceAll('workspace_users', 'users') })).not.toContain(
    'users_search',
  )
})

test('what a search finds is of one workspace alone', async () => {
  const other = (await fillWorkspace(database.pool)).workspace
  const find = () => sql`select from workspace_users where search like '%adele%'`.execute(database.walled)
  expect((await inWorkspace(other, find)).rows).toHaveLength(1)
})
