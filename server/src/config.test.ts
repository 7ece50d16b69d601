import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyroster-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileWith(text: string): string {
  const path = join(folder, randomBytes(4).toString('hex'))
  writeFileSync(path, text)
  return path
}

function reasonsFor(env: Record<string, string>): string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.reasons
    throw error
  }
}

const key = randomBytes(32)
const tls = { KEYROSTER_TLS_CERT: '/etc/tls/cert.pem', KEYROSTER_TLS_KEY: '/etc/tls/key.pem' }
const database = 'postgres://keyroster:secret@localhost/keyroster'

test('an empty environment is a panel on this machine with its own database', () => {
  expect(readConfig({ HOME: '/home/adele' })).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    tls: null,
    trustedProxies: [],
    baseUrl: 'http://localhost:8080',
    databaseUrl: null,
    secretKey: null,
    entra: null,
    logLevel: 'info',
    demo: null,
  })
})

test('an empty variable counts as unset', () => {
  expect(readConfig({ KEYROSTER_PORT: '', DATABASE_URL: '', KEYROSTER_SECRET_KEY_FILE: '' }).port).toBe(8080)
})

test.each([['base64'], ['hex'], ['base64url']] as const)('the secret key is read from %s', (encoding) => {
  expect(readConfig({ KEYROSTER_SECRET_KEY: key.toString(encoding) }).secretKey).toEqual(key)
})

test('every secret is also read from a file, without the newline at its end', () => {
  const config = readConfig({
    DATABASE_URL_FILE: fileWith(`${database}\n`),
    KEYROSTER_SECRET_KEY_FILE: fileWith(`${key.toString('base64')}\n`),
  })
  expect(config).toMatchObject({ databaseUrl: database, secretKey: key })
})

test('the endpoints of Entra and Graph are origins, without a slash at the end', () => {
  const config = readConfig({
    KEYROSTER_ENTRA_LOGIN_URL: 'http://localhost:4000/',
    KEYROSTER_GRAPH_URL: 'https://graph.example.com',
  })
  expect(config.entra).toEqual({ loginUrl: 'http://localhost:4000', graphUrl: 'https://graph.example.com' })
})

test('a certificate makes https the default, and any address one to listen on', () => {
  expect(readConfig({ ...tls, KEYROSTER_HOST: '0.0.0.0', KEYROSTER_PORT: '443' })).toMatchObject({
    host: '0.0.0.0',
    tls: { certFile: '/etc/tls/cert.pem', keyFile: '/etc/tls/key.pem' },
    baseUrl: 'https://localhost:443',
  })
})

test.each<[Record<string, string>]>([
  [{ KEYROSTER_HOST: '127.0.0.2' }],
  [{ KEYROSTER_HOST: '::1' }],
  [{ KEYROSTER_HOST: 'localhost' }],
  [{ KEYROSTER_HOST: '0.0.0.0', KEYROSTER_INSECURE_HTTP: 'yes' }],
  [{ KEYROSTER_HOST: '0.0.0.0', KEYROSTER_TRUST_PROXY: '10.0.0.7' }],
])('plain http is served on this machine alone, unless a proxy is named or it is said: %o', (env) => {
  expect(reasonsFor(env)).toEqual([])
})

test('the proxies to believe are addresses and networks', () => {
  const { trustedProxies } = readConfig({ KEYROSTER_TRUST_PROXY: ' 10.0.0.7, 10.1.0.0/16 ,fd00::/8,' })
  expect(trustedProxies).toEqual(['10.0.0.7', '10.1.0.0/16', 'fd00::/8'])
})

test.each<[string, Record<string, string>]>([
  ['Did you mean KEYROSTER_PORT?', { KEYROSTER_PROT: '8080' }],
  ['Did you mean KEYROSTER_SECRET_KEY_FILE?', { KEYROSTER_SECRETKEY_FILE: '/run/key' }],
  ['Give a number from 1 to 65535', { KEYROSTER_PORT: '0' }],
  ['Give a number from 1 to 65535', { KEYROSTER_PORT: '80a' }],
  ['Give a number from 1 to 65535', { KEYROSTER_PORT: '65536' }],
  ['http is accepted for localhost only', { KEYROSTER_BASE_URL: 'http://keys.contoso.com' }],
  ['with nothing behind it', { KEYROSTER_BASE_URL: 'https://contoso.com/keys' }],
  ['Use a name instead of an IP address', { KEYROSTER_BASE_URL: 'https://192.168.1.5' }],
  ['Use a name instead of an IP address', { KEYROSTER_BASE_URL: 'http://[::1]:8080' }],
  ['Write it as https://name', { KEYROSTER_BASE_URL: 'keys.contoso.com' }],
  ['Give an absolute path', { KEYROSTER_DATA_DIR: 'data' }],
  ['is no PostgreSQL address', { DATABASE_URL: 'mysql://x', KEYROSTER_SECRET_KEY: key.toString('hex') }],
  ...['sslmode=no-verify', 'application_name=x&sslmode=no-verify', 'uselibpqcompat=true&sslmode=require'].map(
    (query): [string, Record<string, string>] => [
      'sslmode=verify-full',
      { DATABASE_URL: `${database}?${query}`, KEYROSTER_SECRET_KEY: key.toString('hex') },
    ],
  ),
  ['DATABASE_URL needs KEYROSTER_SECRET_KEY too', { DATABASE_URL: database }],
  ['not 32 bytes', { KEYROSTER_SECRET_KEY: randomBytes(31).toString('base64') }],
  ['not 32 bytes', { KEYROSTER_SECRET_KEY: 'a passphrase' }],
  ['needs KEYROSTER_SECRET_KEY too', { KEYROSTER_SECRET_KEY_OLD: key.toString('hex') }],
  [
    'KEYROSTER_SECRET_KEY_OLD is not 32 bytes',
    { KEYROSTER_SECRET_KEY: key.toString('hex'), KEYROSTER_SECRET_KEY_OLD: 'before' },
  ],
  [
    'is the same key as KEYROSTER_SECRET_KEY',
    { KEYROSTER_SECRET_KEY: key.toString('hex'), KEYROSTER_SECRET_KEY_OLD: key.toString('base64') },
  ],
  [
    'both set',
    { KEYROSTER_SECRET_KEY: key.toString('hex'), KEYROSTER_SECRET_KEY_FILE: fileWith(key.toString('hex')) },
  ],
  ['cannot be read (ENOENT)', { KEYROSTER_SECRET_KEY_FILE: join(folder, 'none') }],
  ['is empty', { KEYROSTER_SECRET_KEY_FILE: fileWith('\n') }],
  ['go together', { KEYROSTER_GRAPH_URL: 'https://graph.example.com' }],
  [
    'http is accepted for localhost only',
    {
      KEYROSTER_GRAPH_URL: 'http://graph.example.com',
      KEYROSTER_ENTRA_LOGIN_URL: 'https://login.example.com',
    },
  ],
  ['Use one of fatal, error', { KEYROSTER_LOG_LEVEL: 'loud' }],
  ['go together', { KEYROSTER_TLS_CERT: '/etc/tls/cert.pem' }],
  ['go together', { KEYROSTER_TLS_KEY: '/etc/tls/key.pem' }],
  ['Write it with https', { ...tls, KEYROSTER_BASE_URL: 'http://localhost:8080' }],
  ['Keep one of them', { ...tls, KEYROSTER_INSECURE_HTTP: 'yes' }],
  ['Use yes or no', { KEYROSTER_INSECURE_HTTP: 'true' }],
  ['KEYROSTER_TRUST_PROXY has yes', { KEYROSTER_TRUST_PROXY: 'yes' }],
  ['KEYROSTER_TRUST_PROXY has loopback', { KEYROSTER_TRUST_PROXY: '10.0.0.7, loopback' }],
  ['KEYROSTER_TRUST_PROXY has 10.0.0.0/33', { KEYROSTER_TRUST_PROXY: '10.0.0.0/33' }],
  ['KEYROSTER_TRUST_PROXY has 0.0.0.0/0', { KEYROSTER_TRUST_PROXY: '0.0.0.0/0' }],
  ['KEYROSTER_TRUST_PROXY has ::/0', { KEYROSTER_TRUST_PROXY: '::/0' }],
  ['plain http hides nothing', { KEYROSTER_HOST: '0.0.0.0' }],
  ['plain http hides nothing', { KEYROSTER_HOST: '::' }],
  ['plain http hides nothing', { KEYROSTER_HOST: '192.168.1.5', KEYROSTER_INSECURE_HTTP: 'no' }],
  ['plain http hides nothing', { KEYROSTER_HOST: 'keys.contoso.com' }],
  ['Set all of them, or none', { KEYROSTER_DEMO_TENANT: 'contoso.com' }],
])('refused with "%s": %o', (reason, env) => {
  expect(reasonsFor(env)).toEqual([expect.stringContaining(reason)])
})

test('all that is wrong is said at once', () => {
  const reasons = reasonsFor({
    KEYROSTER_PORT: 'x',
    KEYROSTER_LOG_LEVEL: 'x',
    KEYROSTER_X: 'x',
    DATABASE_URL: database,
  })
  expect(reasons).toHaveLength(4)
})

test('no refusal repeats a secret', () => {
  const reasons = reasonsFor({ DATABASE_URL: 'mysql://a:hunter2@b', KEYROSTER_SECRET_KEY: 'hunter2' })
  expect(reasons).toHaveLength(2)
  expect(reasons.join()).not.toContain('hunter2')
})
