import { generateKeyPairSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { run } from './main.ts'
import { StartRefusal } from './start-refusal.ts'
import { makeTestServerCertificate } from './test-server-certificate.ts'
import { loadTls } from './tls.ts'

let folder: string
const made: Record<string, string> = {}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyroster-tls-'))
  const day = 86_400_000
  const sound = await makeTestServerCertificate({})
  const ended = await makeTestServerCertificate({ from: -2 * day, until: -day })
  const future = await makeTestServerCertificate({ from: day, until: 2 * day })
  const locked = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' },
  })
  Object.assign(made, {
    'cert.pem': sound.cert,
    'key.pem': sound.key,
    'ended.pem': ended.cert,
    'ended-key.pem': ended.key,
    'future.pem': future.cert,
    'future-key.pem': future.key,
    'locked-key.pem': locked.privateKey,
    'empty.pem': '',
  })
  for (const [name, text] of Object.entries(made)) await writeFile(join(folder, name), text)
})
afterAll(() => rm(folder, { recursive: true }))

const load = (cert: string, key: string) =>
  loadTls({ certFile: join(folder, cert), keyFile: join(folder, key) })

test('a certificate and its key are served, by TLS 1.2 at least', () => {
  expect(load('cert.pem', 'key.pem')).toEqual({
    cert: made['cert.pem'],
    key: made['key.pem'],
    minVersion: 'TLSv1.2',
  })
})

test.each<[string, string, RegExp]>([
  ['none.pem', 'key.pem', /^KEYROSTER_TLS_CERT names \S+none\.pem, which cannot be read \(ENOENT\)/],
  ['cert.pem', 'none.pem', /^KEYROSTER_TLS_KEY names \S+none\.pem, which cannot be read \(ENOENT\)/],
  ['cert.pem', '.', /cannot be read \(EISDIR\)/],
  ['key.pem', 'cert.pem', /key\.pem, which is no certificate in PEM/],
  ['empty.pem', 'key.pem', /empty\.pem, which is no certificate in PEM/],
  ['cert.pem', 'cert.pem', /cert\.pem, which is no private key in PEM/],
  ['cert.pem', 'locked-key.pem', /has a passphrase/],
  ['cert.pem', 'ended-key.pem', /ended-key\.pem is not the one of the certificate in \S+cert\.pem/],
  ['ended.pem', 'ended-key.pem', /ended on \d{4}-\d\d-\d\d\. Renew it/],
  ['future.pem', 'future-key.pem', /begins on \d{4}-\d\d-\d\d\. Check this machine's clock/],
])('%s with %s is refused in a sentence', (cert, key, reason) => {
  expect(() => load(cert, key)).toThrow(reason)
  expect(() => load(cert, key)).toThrow(StartRefusal)
})

describe('a panel', () => {
  /** What it logged of proxies until it refused, which it does without having touched its data folder. */
  const refusal = async (env: Record<string, string>) => {
    const lines: string[] = []
    const dataDir = join(folder, 'data')
    const config = readConfig({ KEYROSTER_DATA_DIR: dataDir, ...env })
    const log = pino({}, { write: (line: string) => lines.push(line) })
    await expect(run(config, log)).rejects.toThrow(StartRefusal)
    expect(existsSync(dataDir)).toBe(false)
    return lines.filter((line) => line.includes('KEYROSTER_TRUST_PROXY'))
  }

  test('with a certificate that cannot be served touches nothing', async () => {
    await refusal({
      KEYROSTER_TLS_CERT: join(folder, 'ended.pem'),
      KEYROSTER_TLS_KEY: join(folder, 'ended-key.pem'),
    })
  })

  test('behind a proxy that is not named says so', async () => {
    const away = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      KEYROSTER_SECRET_KEY: 'A'.repeat(43),
      KEYROSTER_BASE_URL: 'https://keys.contoso.com',
    }
    expect(await refusal(away)).toHaveLength(1)
    expect(await refusal({ ...away, KEYROSTER_TRUST_PROXY: '127.0.0.1' })).toEqual([])
  })
})
