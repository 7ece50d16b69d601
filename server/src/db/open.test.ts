import { afterAll, beforeAll, expect, test } from 'vitest'
import { isDatabaseAway } from './away.ts'
import { connect, type Database } from './open.ts'
import { createTestDatabase } from './test-database.ts'

let database: Database

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

test('counts are numbers and dates are text', async () => {
  const { rows } = await database.pool.query("select count(*) as n, date '2026-03-29' as day from workspaces")
  expect(rows).toEqual([{ n: 0, day: '2026-03-29' }])
})

test('ids made by the database sort by the time they were made', async () => {
  const { rows } = await database.pool.query<{ id: string }>(
    'select new_id()::text as id, pg_sleep(0.002) from generate_series(1, 20)',
  )
  const ids = rows.map(({ id }) => id)
  expect(
    ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
  ).toBe(true)
  expect(ids).toEqual([...ids].sort())
})

test('a server that cannot be reached is refused with what to do', async () => {
  await expect(connect('postgres://keyroster@127.0.0.1:1/keyroster')).rejects.toThrow('Check DATABASE_URL')
})

test('a transaction that is left alone keeps its rows from nobody for long, and its connection is replaced', async () => {
  await database.pool.query(`insert into workspaces (name) values ('Contoso')`)
  const frozen = await connect(database.url, { idleInTransaction: 200 })
  const client = await frozen.pool.connect()
  await client.query('begin')
  await client.query(`update workspaces set name = 'Frozen'`)
  await database.pool.query(`update workspaces set name = 'Thawed'`)
  const next = await client.query('select').catch((error: unknown) => error)
  expect(isDatabaseAway(next)).toBe(true)
  client.release()
  const { rows } = await frozen.pool.query('select name from workspaces')
  expect(rows).toEqual([{ name: 'Thawed' }])
  await frozen.close()
})

test('a statement may take longer than a transaction may be left alone', async () => {
  const patient = await connect(database.url, { idleInTransaction: 100 })
  const client = await patient.pool.connect()
  await client.query('begin')
  await client.query('select pg_sleep(0.3)')
  await client.query('commit')
  client.release()
  await patient.close()
})
