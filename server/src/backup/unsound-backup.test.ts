import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Config, readConfig } from '../config.ts'
import type { Database } from '../db/open.ts'
import { createBareTestDatabase } from '../db/test-database.ts'
import { createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { makeBackup } from './make-backup.ts'
import { restoreBackup } from './restore-backup.ts'

let source: TestPanel
let target: Database
let folder: string
let file: string
/** A sound backup. */
let sound: Buffer
/** Of a panel on the empty database that has the right key. */
let config: Config

beforeAll(async () => {
  source = await createTestPanel()
  folder = await mkdtemp(join(tmpdir(), 'keyroster-backup-'))
  file = join(folder, 'all.backup')
  await makeBackup(source.panel.database.pool, file)
  sound = await readFile(file)
})
afterAll(async () => {
  await source.close()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  await writeFile(file, sound)
  target = await createBareTestDatabase()
  config = {
    ...readConfig({}),
    databaseUrl: target.url,
    secretKey: source.secretKey,
    dataDir: folder,
  }
})
afterEach(() => target.close())

async function tablesOf({ pool }: Database): Promise<number> {
  return (await pool.query("select count(*) from pg_tables where schemaname = 'public'")).rows[0].count
}

describe('a restore is refused and changes nothing', () => {
  const text = () => gunzipSync(sound).toString('utf8')
  const rewrite = async (change: (text: string) => string) => writeFile(file, gzipSync(change(text())))
  const changeHead = (change: object) =>
    rewrite((all) => {
      const [first, ...others] = all.split('\n')
      return [JSON.stringify({ ...JSON.parse(first!), ...change }), ...others].join('\n')
    })

  const unsound: [string, () => Promise<unknown>, RegExp][] = [
    ['a file that is not there', () => rm(file), /cannot be read \(ENOENT\)/],
    ['an empty file', () => writeFile(file, ''), /is no backup of Keyroster/],
    ['a text', () => writeFile(file, 'display_name,email\n'), /is no backup of Keyroster/],
    [
      "another program's gzip",
      () => writeFile(file, gzipSync('{"users":[]}\n')),
      /is no backup of Keyroster/,
    ],
    [
      'a file that was cut short',
      async () => writeFile(file, sound.subarray(0, -40)),
      /is broken: its bytes were changed or are missing/,
    ],
    [
      'a file with a changed byte',
      async () => {
        const bytes = Buffer.from(sound)
        bytes[bytes.length >> 1]! ^= 1
        await writeFile(file, bytes)
      },
      /is broken|is no backup/,
    ],
    [
      'rows that somebody edited',
      () => rewrite((all) => all.replace('Operator', 'Operater')),
      /its rows are not those/,
    ],
    ['a missing end', () => rewrite((all) => all.slice(0, all.lastIndexOf('{"tables"'))), /is broken/],
    ['something behind the end', () => rewrite((all) => `${all}more\n`), /something follows its end/],
    ['a newer format', () => changeHead({ format: 2, version: '9.1.0' }), /by a newer Keyroster \(9\.1\.0\)/],
    [
      'newer migrations',
      () =>
        rewrite((all) =>
          all.replace(
            '"migrations":[',
            '"migrations":[{"number":9999,"name":"9999-later.sql","checksum":"x"},',
          ),
        ),
      /by a newer Keyroster \(.*9999-later\.sql\)/,
    ],
    [
      'other migrations',
      () => rewrite((all) => all.replace(/"checksum":"\w/, '"checksum":"x')),
      /by another Keyroster/,
    ],
    [
      'a key that does not open its canary',
      async () => {
        config = { ...config, secretKey: randomBytes(32) }
      },
      /KEYROSTER_SECRET_KEY is not the key that this backup was sealed with/,
    ],
    [
      'no key',
      async () => {
        config = { ...config, secretKey: null }
      },
      /secret-key is not there, and this backup was sealed with it/,
    ],
  ]
  test.each(unsound)('for %s', async (_title, spoil, refusal) => {
    await spoil()
    await expect(restoreBackup(config, file)).rejects.toThrow(refusal)
    expect(await tablesOf(target)).toBe(0)
  })

  test('but not as long as it is sound', async () => {
    await expect(restoreBackup(config, file)).resolves.toMatchObject({ unfinishedImports: 0 })
  })
})
