import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from './migrate.ts'
import type { Database } from './open.ts'
import { createBareTestDatabase } from './test-database.ts'

let database: Database
let folder: string

beforeEach(async () => {
  database = await createBareTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'keyroster-migrations-'))
  await write('0001-first.sql', 'create table first (id integer); insert into first values (1)')
  await write('0002-second.sql', 'create table second (id integer)')
})
afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const write = (name: string, text: string) => writeFile(join(folder, name), text)
const firstRows = async () => (await database.pool.query('select id from first')).rows

test('a second time applies nothing', async () => {
  expect(await migrate(database.pool, folder)).toEqual(['0001-first.sql', '0002-second.sql'])
  expect(await migrate(database.pool, folder)).toEqual([])
  expect(await firstRows()).toEqual([{ id: 1 }])
})

test('of several at once, one applies them', async () => {
  const applied = await Promise.all([1, 2, 3].map(() => migrate(database.pool, folder)))
  expect(applied.flat()).toEqual(['0001-first.sql', '0002-second.sql'])
  expect(await firstRows()).toEqual([{ id: 1 }])
})

test('a migration that was changed after it was applied is refused', async () => {
  await migrate(database.pool, folder)
  await write('0001-first.sql', 'create table first (id bigint)')
  await expect(migrate(database.pool, folder)).rejects.toThrow('0001-first.sql was changed')
})

test('a database of a newer version is refused', async () => {
  await migrate(database.pool, folder)
  await rm(join(folder, '0002-second.sql'))
  await expect(migrate(database.pool, folder)).rejects.toThrow('newer Keyroster (it has 0002-second.sql)')
})

test('a migration that fails leaves nothing of itself, and keeps those before it', async () => {
  await write('0002-second.sql', 'create table second (id integer); select 1 / 0')
  await expect(migrate(database.pool, folder)).rejects.toThrow('0002-second.sql failed and was undone')
  const tables = await database.pool.query(
    "select tablename from pg_tables where schemaname = 'public' order by 1",
  )
  expect(tables.rows).toEqual([{ tablename: 'first' }, { tablename: 'migrations' }])
  await write('0002-second.sql', 'create table second (id integer)')
  expect(await migrate(database.pool, folder)).toEqual(['0002-second.sql'])
})
