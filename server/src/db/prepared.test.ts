import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from './open.ts'
import { prepared } from './prepared.ts'
import { inWorkspace } from './reach.ts'
import { createTestDatabase } from './test-database.ts'
import { fillWorkspace } from './test-workspace.ts'

let database: Database
let a: string
let b: string

beforeAll(async () => {
  database = await createTestDatabase()
  a = (await fillWorkspace(database.pool)).workspace
  b = (await fillWorkspace(database.pool)).workspace
})
afterAll(() => database.close())

/** Asks so often that PostgreSQL keeps one plan for all values. */
const OFTEN = 8

const workspacesOfUsers = () =>
  sql<{ workspace_id: string }>`${prepared} select workspace_id from users where id is not null`
    .execute(database.walled)
    .then(({ rows }) => rows.map((row) => row.workspace_id))

test('a statement that says so is prepared once a connection, and no other', async () => {
  await inWorkspace(a, async () => {
    for (let time = 0; time < OFTEN; time += 1) {
      await sql`${prepared} select ${time}::int as marked`.execute(database.walled)
      await sql`select ${time}::int as unmarked`.execute(database.walled)
    }
    const { rows } = await sql<{ statement: string; times: number }>`
      select statement, generic_plans + custom_plans as times from pg_prepared_statements
      where statement ~ 'marked'`.execute(database.walled)
    expect(rows).toEqual([{ statement: '/* prepared */ select $1::int as marked', times: OFTEN }])
  })
})

test('one plan of it holds to the workspace that asks, time after time', async () => {
  for (let time = 0; time < OFTEN; time += 1) {
    expect(await inWorkspace(a, workspacesOfUsers)).toEqual([a])
    expect(await inWorkspace(b, workspacesOfUsers)).toEqual([b])
  }
})

test('two statements never share a name', async () => {
  // One after the other, so that one connection hears them all.
  await inWorkspace(a, async () => {
    for (const word of ['one', 'two', 'three']) {
      const { rows } = await sql`${prepared} select ${sql.lit(word)} as word`.execute(database.walled)
      expect(rows).toEqual([{ word }])
    }
  })
})
