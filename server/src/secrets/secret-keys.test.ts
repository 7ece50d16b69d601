import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Config, readConfig } from '../config.ts'
import type { Database } from '../db/open.ts'
import { createTestDatabase } from '../db/test-database.ts'
import { transaction } from '../db/transaction.ts'
import { openSecretKeys, readKeyInForce } from './secret-keys.ts'

const silent = pino({ level: 'silent' })
let database: Database
let dataDir: string

beforeEach(async () => {
  database = await createTestDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'keyroster-key-'))
})
afterEach(async () => {
  await database.close()
  await rm(dataDir, { recursive: true })
})

const configWith = (secretKey: Buffer | null): Config => ({ ...readConfig({}), dataDir, secretKey })
/** Opens the keys as a start does; answers the bytes of the one in force. */
async function openWith(secretKey: Buffer | null): Promise<Buffer> {
  const keys = await openSecretKeys(configWith(secretKey), database.db, silent)
  return (await transaction(database.db, (tx) => readKeyInForce(tx, keys))).bytes
}
const canary = () => database.db.selectFrom('secret_canary').selectAll().execute()

test('the first start makes a key that only its owner may read, and the next one finds it', async () => {
  const first = await openWith(null)
  const file = join(dataDir, 'secret-key')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(Buffer.from(await readFile(file, 'utf8'), 'base64')).toEqual(first)
  expect(await openWith(null)).toEqual(first)
})

test('a configured key is used, and no file is made', async () => {
  const key = randomBytes(32)
  expect(await openWith(key)).toEqual(key)
  expect(await readdir(dataDir)).toEqual([])
})

test('another key than the one of the first start is refused, and nothing changes', async () => {
  await openWith(randomBytes(32))
  const before = await canary()
  await expect(openWith(randomBytes(32))).rejects.toThrow('KEYROSTER_SECRET_KEY is not the key')
  expect(await canary()).toEqual(before)
})

test('a key file that is gone is refused, and no new one is made in its place', async () => {
  await openWith(null)
  await rm(join(dataDir, 'secret-key'))
  await expect(openWith(null)).rejects.toThrow('is not there')
  expect(await readdir(dataDir)).toEqual([])
})

test('of two that start at once with different keys, one is refused', async () => {
  const results = await Promise.allSettled([openWith(randomBytes(32)), openWith(randomBytes(32))])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})
