import { randomBytes, randomInt } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmulator } from 'entra-emulator'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { joinDatabase } from '../db/open.ts'
import { createTestPanel } from '../http/test-panel.ts'
import { insertConnection } from '../imports/test-import.ts'
import { startPanelProcess } from '../imports/test-panel-process.ts'
import { openSecretKeys } from '../secrets/secret-keys.ts'
import { freePort } from './free-port.ts'
import { startCommand } from './test-command.ts'

test('keys are rotated under a running panel, which goes on to open its credentials, before and after a restart', async () => {
  await using ending = new AsyncDisposableStack()
  const folder = await mkdtemp('/tmp/keyroster-rotate-')
  ending.defer(() => rm(folder, { recursive: true }))
  await chmod(folder, 0o711)
  const emulator = await startEmulator({ granted: true })
  ending.defer(() => emulator.close())
  const dataDir = join(folder, 'data')
  const settings = {
    KEYROSTER_DATA_DIR: dataDir,
    KEYROSTER_PORT: String(await freePort('127.0.0.1', randomInt(30_000, 50_000))),
    KEYROSTER_ENTRA_LOGIN_URL: emulator.origin,
    KEYROSTER_GRAPH_URL: emulator.origin,
  }
  const nothing = await startCommand(['rotate-key'], settings).ended
  expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no key to rotate') })

  const panel = await startPanelProcess(settings)
  ending.defer(() => panel.kill())
  const config = readConfig(settings)
  const database = await joinDatabase(config)
  const secretKeys = await openSecretKeys(config, database.db, pino({ level: 'silent' }))
  const { rows } = await database.pool.query('select id from workspaces')
  const id = await insertConnection({ database, secretKeys }, rows[0].id, emulator)
  await database.close()
  const counts = async (of = panel) => (await of.call('GET', `/api/connections/${id}/counts`)).status
  const first = await readFile(join(dataDir, 'secret-key'), 'utf8')
  for (const _time of ['once', 'twice']) {
    expect(await startCommand(['rotate-key'], settings).ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^Replaced the secret key and the data keys; 1 secret was sealed anew\.[\s\S]*data\/secret-key\.old\.\n$/,
      ),
    })
    expect(await counts()).toBe(200)
  }
  expect(await readFile(join(dataDir, 'secret-key'), 'utf8')).not.toBe(first)
  expect(panel.log()).not.toContain('SealError')
  await panel.stop()
  const again = await startPanelProcess(settings)
  ending.defer(() => again.stop())
  expect(await counts(again)).toBe(200)
})

test('a configured key is replaced by another with the old one beside it, and refused when it is neither', async () => {
  const panel = await createTestPanel()
  const rotate = (key: Buffer, old?: Buffer) =>
    startCommand(['rotate-key'], {
      DATABASE_URL: panel.panel.database.url,
      KEYROSTER_SECRET_KEY: key.toString('base64'),
      ...(old && { KEYROSTER_SECRET_KEY_OLD: old.toString('base64') }),
    }).ended
  try {
    const fresh = randomBytes(32)
    expect(await rotate(panel.secretKey)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('KEYROSTER_SECRET_KEY is the same as before.'),
    })
    expect(await rotate(fresh)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing was changed'),
    })
    expect(await rotate(fresh, panel.secretKey)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Replaced the secret key[\s\S]*without KEYROSTER_SECRET_KEY_OLD\.\n$/),
      stderr: '',
    })
    expect(await rotate(panel.secretKey)).toMatchObject({ code: 1 })
    expect(await rotate(fresh)).toMatchObject({ code: 0 })
  } finally {
    await panel.close()
  }
})
