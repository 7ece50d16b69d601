import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeBackup } from '../backup/make-backup.ts'
import { restoreBackup } from '../backup/restore-backup.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/open.ts'
import { createBareTestDatabase, createTestDatabase } from '../db/test-database.ts'
import { transaction } from '../db/transaction.ts'
import { sealSecret } from './data-keys.ts'
import { rotateKeys } from './rotate-keys.ts'
import { SealError, seal, secretKeyOf } from './seal.ts'
import { openSecretKeys, putInForce, type SecretKeys } from './secret-keys.ts'
import { configOf, contextOf, insertWorkspace, type Place, readSecret, storeSecret } from './test-secrets.ts'

let database: Database
let dataDir: string
let logged: string[]
let config: Config
let keys: SecretKeys
/** Two workspaces. */
let ours: string
let theirs: string
/** What is stored, and where. */
let secrets: Map<Place, string>

beforeEach(async () => {
  database = await createTestDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'keyroster-rotate-'))
  config = configOf(database, dataDir)
  logged = []
  keys = await openKeys()
  ours = await insertWorkspace(database)
  theirs = await insertWorkspace(database)
  secrets = new Map()
  for (const workspaceId of [ours, ours, theirs]) {
    const secret = `canary~${randomBytes(12).toString('hex')}`
    secrets.set(await storeSecret(database, keys, workspaceId, secret), secret)
  }
})
afterEach(async () => {
  await database.close()
  await rm(dataDir, { recursive: true })
})

const openKeys = (changes: Partial<Config> = {}) =>
  openSecretKeys({ ...config, ...changes }, database.db, pino({}, { write: (line) => logged.push(line) }))
const rotate = (changes: Partial<Config> = {}) => rotateKeys({ ...config, ...changes }, database, keys)
const query = async (text: string, values: unknown[] = []) => (await database.pool.query(text, values)).rows
const versions = () => query('select workspace_id, version from data_keys order by workspace_id, version')
const keyIn = async (name: string) => Buffer.from(await readFile(join(dataDir, name), 'utf8'), 'base64')

async function expectAllOpen(opened: SecretKeys): Promise<void> {
  for (const [place, secret] of secrets) expect(await readSecret(database, opened, place)).toBe(secret)
}

test('a rotation gives every workspace a new data key, seals all anew, and removes the keys before', async () => {
  const before = await query('select credential_sealed from connections')
  expect(await rotate()).toEqual({ resumed: false, secretKeyReplaced: true, secrets: 3 })
  expect(await versions()).toEqual(
    [ours, theirs].sort().map((workspace_id) => ({ workspace_id, version: 2 })),
  )
  const after = await query('select credential_sealed from connections')
  for (const { credential_sealed } of before) expect(after).not.toContainEqual({ credential_sealed })
  await expectAllOpen(await openKeys())
})

test('a panel that runs meanwhile opens and seals on, though it read its keys before', async () => {
  await rotate()
  await expectAllOpen(keys)
  const place = await storeSecret(database, keys, ours, 'written after it')
  expect(await query('select credential_key from connections where id = $1', [place.rowId])).toEqual([
    { credential_key: 2 },
  ])
  await rotate()
  expect(await readSecret(database, await openKeys(), place)).toBe('written after it')
})

test('the key in the data folder is replaced, and the one before stays for older backups', async () => {
  const before = await keyIn('secret-key')
  await rotate()
  const after = await keyIn('secret-key')
  expect(after.equals(before)).toBe(false)
  expect(await keyIn('secret-key.old')).toEqual(before)
  expect((await readdir(dataDir)).sort()).toEqual(['secret-key', 'secret-key.old'])
  await rm(join(dataDir, 'secret-key.old'))
  await expectAllOpen(await openKeys())
})

test('a rotation is recorded in every workspace, at its beginning and its end, without any key or secret', async () => {
  await rotate()
  const events = await query('select workspace_id, actor_name, action, detail from audit_events order by seq')
  for (const workspace of [ours, theirs]) {
    expect(events.filter((event) => event.workspace_id === workspace)).toMatchObject([
      {
        actor_name: 'Console',
        action: 'secret-key.rotation-begun',
        detail: { dataKey: 2, secretKeyReplaced: true },
      },
      { actor_name: 'Console', action: 'secret-key.rotated', detail: { dataKey: 2, removed: [1] } },
    ])
  }
})

test('what the secret key itself sealed, before there were data keys, opens and is sealed anew', async () => {
  const [place] = [...secrets.keys()]
  const sealed = seal(secretKeyOf(await keyIn('secret-key')), 'of old', contextOf(place!))
  await query('update connections set credential_sealed = $1 where id = $2', [sealed, place!.rowId])
  secrets.set(place!, 'of old')
  await expectAllOpen(keys)
  await rotate()
  await rm(join(dataDir, 'secret-key.old'))
  await expectAllOpen(await openKeys())
})

test.each([
  ['another row', (place: Place, other: Place) => [place.rowId, other.rowId]],
  [
    'the row of another workspace',
    (place: Place, _other: Place, abroad: Place) => [place.rowId, abroad.rowId],
  ],
])('a sealed text that was moved to %s does not open there', async (_title, choose) => {
  const [one, two, abroad] = [...secrets.keys()] as [Place, Place, Place]
  const [from, to] = choose(one, two, abroad)
  await query(
    'update connections set credential_sealed = (select credential_sealed from connections where id = $1) where id = $2',
    [from, to],
  )
  const place = [...secrets.keys()].find(({ rowId }) => rowId === to)!
  await expect(readSecret(database, keys, place)).rejects.toThrow(SealError)
})

test('a data key that was moved to another workspace opens nothing', async () => {
  await query(
    'update data_keys set sealed = (select sealed from data_keys where workspace_id = $1) where workspace_id = $2',
    [ours, theirs],
  )
  const abroad = [...secrets.keys()].find(({ workspaceId }) => workspaceId === theirs)!
  await expect(readSecret(database, keys, abroad)).rejects.toThrow(SealError)
  await expect(storeSecret(database, keys, theirs, 'x')).rejects.toThrow(SealError)
})

test('the database lets no data key go that something is sealed with', async () => {
  await expect(query('delete from data_keys')).rejects.toThrow('violates foreign key constraint')
})

test('every sealed column is one that a rotation knows', async () => {
  const found = await query(`
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and (column_name = 'sealed' or column_name like '%\\_sealed') order by 1`)
  expect(found.map(({ table_name, column_name }) => `${table_name}.${column_name}`)).toEqual([
    'connections.credential_sealed',
    'data_keys.sealed',
    'secret_canary.sealed',
  ])
})

test('a secret stored with the key before, while that is removed, holds the removal up and is sealed anew', async () => {
  const place = await storeSecret(database, keys, ours, 'before')
  let stored = () => {}
  const mayStore = new Promise<void>((resolve) => {
    stored = resolve
  })
  let sealed = () => {}
  const isSealed = new Promise<void>((resolve) => {
    sealed = resolve
  })
  const storing = transaction(database.db, async (tx) => {
    const credential_sealed = await sealSecret(tx, keys, 'during', contextOf(place))
    sealed()
    await mayStore
    await tx.updateTable('connections').set({ credential_sealed }).where('id', '=', place.rowId).execute()
  })
  await isSealed
  const rotating = rotate()
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await vi.waitUntil(async () => (await database.pool.query(waiting)).rowCount !== 0, { timeout: 10_000 })
  stored()
  await storing
  await rotating
  expect(await versions()).toHaveLength(2)
  expect(await readSecret(database, await openKeys(), place)).toBe('during')
})

test('two rotations at once both come to their end, one after the other', async () => {
  await Promise.all([rotate(), rotate()])
  expect(await versions()).toEqual(
    [ours, theirs].sort().map((workspace_id) => ({ workspace_id, version: 3 })),
  )
  await expectAllOpen(await openKeys())
})

test('a text that does not open is named and left as it is, and once it is gone the rotation comes to its end', async () => {
  const [broken, ...others] = [...secrets.keys()]
  await query(
    `update connections set credential_sealed = set_byte(credential_sealed, 40, get_byte(credential_sealed, 40) # 1) where id = $1`,
    [broken!.rowId],
  )
  await expect(rotate()).rejects.toThrow(`connections ${broken!.rowId} does not open`)
  secrets.delete(broken!)
  await expectAllOpen(await openKeys())
  await query('delete from connections where id = $1', [broken!.rowId])
  await rotate()
  expect(new Set((await versions()).map(({ workspace_id }) => workspace_id)).size).toBe(2)
  expect(await versions()).toHaveLength(2)
  for (const place of others) expect(await readSecret(database, keys, place)).toBe(secrets.get(place))
})

describe('a rotation that was interrupted', () => {
  test('before its key was in force leaves the key before in force', async () => {
    const before = await keyIn('secret-key')
    await writeFile(join(dataDir, 'secret-key.new'), randomBytes(32).toString('base64'))
    await writeFile(join(dataDir, 'secret-key.new.unfinished'), 'torn')
    await expectAllOpen(await openKeys())
    expect(await keyIn('secret-key')).toEqual(before)
    await rotate()
    await expectAllOpen(await openKeys())
    expect((await readdir(dataDir)).sort()).toEqual(['secret-key', 'secret-key.old'])
  })

  test('before its key had its name is found by the next start, which names it', async () => {
    const before = await keyIn('secret-key')
    const fresh = randomBytes(32)
    await query('delete from connections')
    await query('delete from data_keys')
    await transaction(database.db, (tx) => putInForce(tx, secretKeyOf(fresh)))
    await writeFile(join(dataDir, 'secret-key.new'), fresh.toString('base64'))
    await openKeys()
    expect([await keyIn('secret-key'), await keyIn('secret-key.old')]).toEqual([fresh, before])
    expect((await readdir(dataDir)).sort()).toEqual(['secret-key', 'secret-key.old'])
  })

  test('while secrets were sealed anew goes on, and begins no other', async () => {
    await query(
      `create function stop_it() returns trigger language plpgsql as $$ begin raise 'stopped'; end $$`,
    )
    await query('create trigger stop_it before update on connections for each row execute function stop_it()')
    await expect(rotate()).rejects.toThrow('stopped')
    expect(await versions()).toHaveLength(4)
    await expectAllOpen(await openKeys())
    await query('drop trigger stop_it on connections')
    expect(await rotate()).toEqual({ resumed: true, secretKeyReplaced: false, secrets: 3 })
    expect(await versions()).toHaveLength(2)
    await expectAllOpen(await openKeys())
  })
})

test('a backup made in the middle of a rotation opens where it is restored, and the rotation comes to its end there', async () => {
  await query(
    `create function stop_it() returns trigger language plpgsql as $$ begin raise 'stopped'; end $$`,
  )
  await query('create trigger stop_it before update on connections for each row execute function stop_it()')
  await expect(rotate()).rejects.toThrow('stopped')
  const file = join(dataDir, 'all.backup')
  await makeBackup(database.pool, file)
  const target = await createBareTestDatabase()
  try {
    const there = configOf(target, dataDir)
    await restoreBackup(there, file)
    const opened = await openSecretKeys(there, target.db, pino({ level: 'silent' }))
    for (const [place, secret] of secrets) expect(await readSecret(target, opened, place)).toBe(secret)
    expect(await rotateKeys(there, target, opened)).toMatchObject({ resumed: true, secrets: 3 })
    for (const [place, secret] of secrets) expect(await readSecret(target, opened, place)).toBe(secret)
  } finally {
    await target.close()
  }
})

describe('a configured key', () => {
  const first = randomBytes(32)
  const second = randomBytes(32)
  const both = { secretKey: second, oldSecretKey: first }
  beforeEach(async () => {
    await query('delete from connections')
    await query('delete from data_keys')
    await transaction(database.db, (tx) => putInForce(tx, secretKeyOf(first)))
    keys = await openKeys({ secretKey: first })
    secrets = new Map([[await storeSecret(database, keys, ours, 'a secret'), 'a secret']])
  })

  test('stays where no other is given, and the data keys change', async () => {
    expect(await rotate({ secretKey: first })).toEqual({
      resumed: false,
      secretKeyReplaced: false,
      secrets: 1,
    })
    await expectAllOpen(await openKeys({ secretKey: first }))
  })

  test('is replaced with the old one beside it, and from then on the old one is refused', async () => {
    keys = await openKeys(both)
    expect(logged.join()).toContain('the old secret key is still in force')
    await expectAllOpen(keys)
    expect(await rotate(both)).toEqual({ resumed: false, secretKeyReplaced: true, secrets: 1 })
    await expectAllOpen(keys)
    await expectAllOpen(await openKeys({ secretKey: second }))
    await expect(openKeys({ secretKey: first })).rejects.toThrow('KEYROSTER_SECRET_KEY is not the key')
    logged = []
    await expectAllOpen(await openKeys(both))
    expect(logged.join()).toContain('KEYROSTER_SECRET_KEY_OLD is not needed any more')
  })

  test('is replaced also by the run that goes on with an interrupted one', async () => {
    keys = await openKeys(both)
    await query(
      `create function stop_it() returns trigger language plpgsql as $$ begin raise 'stopped'; end $$`,
    )
    await query('create trigger stop_it before update on connections for each row execute function stop_it()')
    await expect(rotate({ secretKey: first })).rejects.toThrow('stopped')
    await query('drop trigger stop_it on connections')
    expect(await rotate(both)).toMatchObject({ resumed: false, secretKeyReplaced: true })
    await expectAllOpen(await openKeys({ secretKey: second }))
  })

  test('takes the place of a key file by naming that file as the old one', async () => {
    await rm(join(dataDir, 'secret-key'))
    await query('delete from connections')
    await query('delete from data_keys')
    await query('delete from secret_canary')
    keys = await openKeys()
    secrets = new Map([[await storeSecret(database, keys, ours, 'a secret'), 'a secret']])
    const moved = { secretKey: second, oldSecretKey: await keyIn('secret-key') }
    keys = await openKeys(moved)
    await rotate(moved)
    await rm(join(dataDir, 'secret-key'))
    await expectAllOpen(await openKeys({ secretKey: second }))
  })

  test('that is new and has not been rotated to is refused without the old one, and nothing changes', async () => {
    const dump = () =>
      query('select sealed from secret_canary union all select sealed from data_keys order by 1')
    const before = await dump()
    await expect(openKeys({ secretKey: second })).rejects.toThrow('nothing was changed')
    expect(await dump()).toEqual(before)
  })
})
