import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { actors, audit } from '../audit/record.ts'
import { unguarded } from '../audit/test-audit.ts'
import type { Database } from '../db/open.ts'
import { createBareTestDatabase, createTestDatabase } from '../db/test-database.ts'
import { runCommand } from './run-command.ts'

let database: Database
let said: string[]
beforeEach(async () => {
  database = await createTestDatabase()
  vi.stubEnv('DATABASE_URL', database.url)
  vi.stubEnv('KEYROSTER_SECRET_KEY', randomBytes(32).toString('base64'))
  said = []
  vi.spyOn(console, 'log').mockImplementation((line) => said.push(line))
  vi.spyOn(console, 'error').mockImplementation((line) => said.push(line))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await database.close()
})

const query = (text: string) => database.pool.query(text)

async function workspaceWithEvents(name: string, events: number): Promise<string> {
  const { id } = await database.db
    .insertInto('workspaces')
    .values({ name })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (let n = 0; n < events; n++)
    await audit(database.db, { workspaceId: id, actor: actors.keyroster, action: 'import.finished' })
  return id
}

async function verify() {
  said.length = 0
  return { code: await runCommand(['audit', 'verify']), text: said.join('\n') }
}

test('says for each workspace that its events are unbroken, and what the newest one is', async () => {
  await workspaceWithEvents('Contoso', 3)
  await workspaceWithEvents('Fabrikam', 0)
  const { rows } = await query("select encode(hash, 'hex') as hash from audit_heads")
  expect(await verify()).toEqual({
    code: 0,
    text: [
      'Workspace "Contoso": 3 events, unbroken.',
      `  Newest event: 3, hash ${rows[0].hash}`,
      'Workspace "Fabrikam": 0 events, unbroken.',
      `  Newest event: 0, hash ${'0'.repeat(64)}`,
    ].join('\n'),
  })
})

test('names the first broken event of the one, proves the other, and ends with 1', async () => {
  const id = await workspaceWithEvents('Contoso', 3)
  await workspaceWithEvents('Fabrikam', 1)
  await query(
    unguarded(`update audit_events set address = '192.0.2.9' where seq = 2 and workspace_id = '${id}'`),
  )
  const { code, text } = await verify()
  expect(code).toBe(1)
  expect(text).toContain('Workspace "Contoso": BROKEN at event 2. It was changed after it was written.')
  expect(text).toContain('Workspace "Fabrikam": 1 event, unbroken.')
})

test('shows no name that a terminal would obey', async () => {
  await workspaceWithEvents('Con\r\ntoso\x1b[2J\x9b31m\u202e', 0)
  const { text } = await verify()
  expect(text).toContain('"Con\\r\\ntoso\\u001b[2J\\u009b31m\\u202e"')
})

test('changes nothing: a database of an older Keyroster is refused, not upgraded', async () => {
  const bare = await createBareTestDatabase()
  vi.stubEnv('DATABASE_URL', bare.url)
  const { code, text } = await verify()
  const tables = await bare.pool.query("select from pg_tables where schemaname = 'public'")
  await bare.close()
  expect([code, tables.rowCount]).toEqual([1, 0])
  expect(text).toContain('older Keyroster')
})

test('another word, or none, is refused with what there is', async () => {
  for (const args of [['audit'], ['audit', 'verfy'], ['audit', 'verify', 'more']]) {
    expect(await runCommand(args)).toBe(1)
    expect(said.pop()).toMatch(/keyroster audit/)
  }
})
