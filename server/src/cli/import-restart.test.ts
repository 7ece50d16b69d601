import { randomBytes, randomInt } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportRun } from '@keyroster/api/imports.ts'
import { type Emulator, startEmulator } from 'entra-emulator'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { joinDatabase } from '../db/open.ts'
import { insertConnection } from '../imports/test-import.ts'
import { type PanelProcess, startPanelProcess } from '../imports/test-panel-process.ts'
import { openSecretKeys } from '../secrets/secret-keys.ts'
import { freePort } from './free-port.ts'
import { startCommand } from './test-command.ts'

/** Six pages of people. */
const [USERS, PAGE] = [600, 100]

let folder: string
let emulator: Emulator
let settings: Record<string, string>
let panel: PanelProcess

beforeEach(async () => {
  folder = await mkdtemp('/tmp/keyroster-import-')
  await chmod(folder, 0o711)
  emulator = await startEmulator({
    seed: { users: USERS, groups: 1 },
    granted: true,
    largestPage: PAGE,
    throttle: false,
  })
  settings = {
    KEYROSTER_DATA_DIR: join(folder, 'data'),
    KEYROSTER_PORT: String(await freePort('127.0.0.1', randomInt(30_000, 50_000))),
    KEYROSTER_SECRET_KEY: randomBytes(32).toString('base64'),
    KEYROSTER_ENTRA_LOGIN_URL: emulator.origin,
    KEYROSTER_GRAPH_URL: emulator.origin,
  }
  panel = await startPanelProcess(settings)
})
afterEach(async () => {
  await panel.stop()
  await emulator.close()
  await rm(folder, { recursive: true })
})

test('keyroster import outlives a panel that is killed in the middle and started again, and ends with 0', async () => {
  await connectTenant()
  const args = [
    'create',
    '--name=Nightly',
    '--scope=connections.read',
    '--scope=imports.read',
    '--scope=imports.run',
  ]
  const { stdout: token } = await startCommand(['token', ...args], settings).ended
  const file = join(folder, 'token')
  await writeFile(file, token, { mode: 0o600 })

  emulator.world.latencyMs = 700
  const options = ['--connection=Contoso', '--yes', '--json']
  const command = startCommand(['import', ...options], { ...settings, KEYROSTER_TOKEN_FILE: file })
  await command.until(/The import: /)
  await until((run) => run.read > 0)
  await panel.kill()
  await command.until(/The panel does not answer/)
  emulator.world.latencyMs = 0
  panel = await startPanelProcess(settings)

  const ended = await command.ended
  expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('The panel answers again') })
  const run: ImportRun = JSON.parse(ended.stdout)
  expect(run).toMatchObject({ state: 'completed', read: USERS, resumed: 1 })
  const { body } = await panel.call<{ total: number }>('GET', '/api/users')
  expect(body.total).toBe(run.outcomes.created)
}, 120_000)

/** Makes a connection past the panel, as if somebody had granted access. */
async function connectTenant(): Promise<void> {
  const config = readConfig(settings)
  const database = await joinDatabase(config)
  try {
    const { rows } = await database.pool.query<{ id: string }>('select id from workspaces')
    const secretKeys = await openSecretKeys(config, database.db, pino({ level: 'silent' }))
    await insertConnection({ database, secretKeys }, rows[0]!.id, emulator)
  } finally {
    await database.close()
  }
}

async function until(reached: (run: ImportRun) => boolean): Promise<void> {
  for (;;) {
    const { body } = await panel.call<{ items: ImportRun[] }>('GET', '/api/imports')
    if (body.items.some(reached)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
