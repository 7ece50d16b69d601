import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Config } from '../config.ts'
import type { Database } from '../db/open.ts'
import { createTestDatabase } from '../db/test-database.ts'
import { transaction } from '../db/transaction.ts'
import { sealSecret } from './data-keys.ts'
import { rotateKeys } from './rotate-keys.ts'
import { openSecretKeys, type SecretKeys } from './secret-keys.ts'
import { configOf, contextOf, insertWorkspace, type Place, readSecret, storeSecret } from './test-secrets.ts'

const kills = 14
const workspaces = 3
const secretsOfEach = 60

let database: Database
let dataDir: string
let config: Config

beforeEach(async () => {
  database = await createTestDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'keyroster-kill-'))
  config = configOf(database, dataDir)
})
afterEach(async () => {
  await database.close()
  await rm(dataDir, { recursive: true })
})

const openKeys = () => openSecretKeys(config, database.db, pino({ level: 'silent' }))
const newSecret = () => randomBytes(12).toString('hex')

/** Lets a process rotate, and kills it somewhere within its first few rotations. */
async function rotateAndKill(): Promise<void> {
  const rotating = fileURLToPath(new URL('./test-rotating.ts', import.meta.url))
  const child = spawn(process.execPath, [rotating, database.url, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  const gone = once(child, 'close')
  while (!printed.includes('ready')) {
    await Promise.race([once(child.stdout, 'data'), gone])
    if (child.exitCode !== null) throw new Error(`It ended by itself: ${printed}`)
  }
  await sleep(Math.random() * 400)
  if (child.exitCode !== null) throw new Error(`It ended by itself: ${printed}`)
  child.kill('SIGKILL')
  await gone
}

/** What a panel does meanwhile, in lanes: reads its secrets, and stores others in their place. */
function workWith(keys: SecretKeys, secrets: Map<Place, string>) {
  let ended = false
  let deeds = 0
  const lane = async (places: Place[]) => {
    for (let turn = 0; !ended; turn++) {
      const place = places[turn % places.length]!
      expect(await readSecret(database, keys, place)).toBe(secrets.get(place))
      secrets.set(place, await storeAnother(keys, place))
      deeds++
      await sleep(Math.random() * 20)
    }
  }
  const all = [...secrets.keys()]
  const lanes = [0, 1, 2].map((own) => lane(all.filter((_, at) => at % 3 === own)))
  const working = Promise.all(lanes)
  return {
    working,
    async end() {
      ended = true
      await working
      return deeds
    },
  }
}

async function storeAnother(keys: SecretKeys, place: Place): Promise<string> {
  const secret = newSecret()
  await transaction(database.db, async (tx) => {
    const credential_sealed = await sealSecret(tx, keys, secret, contextOf(place))
    await sleep(Math.random() * 10)
    await tx.updateTable('connections').set({ credential_sealed }).where('id', '=', place.rowId).execute()
  })
  return secret
}

test('a rotation that is killed anywhere, while a panel reads and stores secrets, loses none of them', async () => {
  const panelKeys = await openKeys()
  const secrets = new Map<Place, string>()
  for (let workspace = 0; workspace < workspaces; workspace++) {
    const workspaceId = await insertWorkspace(database)
    for (let at = 0; at < secretsOfEach; at++) {
      const secret = newSecret()
      secrets.set(await storeSecret(database, panelKeys, workspaceId, secret), secret)
    }
  }
  const interrupted: boolean[] = []
  for (let kill = 0; kill < kills; kill++) {
    const panel = workWith(panelKeys, secrets)
    await Promise.race([rotateAndKill(), panel.working])
    expect(await panel.end()).toBeGreaterThan(0)
    const { rows } = await database.pool.query(
      'select from data_keys group by workspace_id having count(*) > 1',
    )
    interrupted.push(rows.length > 0)
    const restarted = await openKeys()
    for (const [place, secret] of secrets) {
      expect(await readSecret(database, restarted, place)).toBe(secret)
    }
  }
  // Else the kills came too late or too early to prove anything.
  expect(interrupted).toContain(true)

  const keys = await openKeys()
  await rotateKeys(config, database, keys)
  await rotateKeys(config, database, keys)
  const { rows } = await database.pool.query('select workspace_id, count(*) from data_keys group by 1')
  expect(rows.map(({ count }) => count)).toEqual(Array(workspaces).fill(1))
  await rm(join(dataDir, 'secret-key.old'))
  expect((await readdir(dataDir)).filter((name) => !name.endsWith('.unfinished'))).toEqual(['secret-key'])
  const alone = await openKeys()
  for (const [place, secret] of secrets) expect(await readSecret(database, alone, place)).toBe(secret)
}, 180_000)
