import { randomBytes, randomInt, randomUUID, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { Connection } from '@keyroster/api/connections.ts'
import type { ImportRun } from '@keyroster/api/imports.ts'
import { type Emulator, startEmulator } from 'entra-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSession } from '../admins/sessions.ts'
import { makeBackup } from '../backup/make-backup.ts'
import { freePort } from '../cli/free-port.ts'
import { type Config, readConfig } from '../config.ts'
import { visitMicrosoft } from '../connections/test-browser.ts'
import type { Database } from '../db/open.ts'
import { createTestDatabase } from '../db/test-database.ts'
import { transaction } from '../db/transaction.ts'
import { readAccess } from '../entra/connection-access.ts'
import { createLog } from '../log.ts'
import { type RunningPanel, run } from '../main.ts'
import { holdNewestKey } from './data-keys.ts'
import { rotateKeys } from './rotate-keys.ts'

/** As Microsoft makes them, and found nowhere by chance. */
const newCanary = () => `canary8Q~${randomBytes(15).toString('hex')}`

let database: Database
let emulator: Emulator
let config: Config
let panel: RunningPanel
let cookie: string
let connectionId: string
let folder: string
const key = randomBytes(32)
/** Everything that left the panel: answers with their headers, and log lines at level trace. */
const answers: string[] = []
const lines: string[] = []
/** What must be nowhere but sealed: its name, and what to look for. */
const canaries = new Map<string, string>()

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'keyroster-canary-'))
  const port = await freePort('127.0.0.1', randomInt(30_000, 50_000))
  emulator = await startEmulator({ redirectUris: [`http://localhost:${port}/api/entra/callback`] })
  config = {
    ...readConfig({
      DATABASE_URL: database.url,
      KEYROSTER_SECRET_KEY: key.toString('base64'),
      KEYROSTER_PORT: String(port),
    }),
    entra: { loginUrl: emulator.origin, graphUrl: emulator.origin },
  }
  panel = await run(config, createLog('trace', { write: (line) => lines.push(line) }))
  cookie = `keyroster=${await startSession(panel.database.db, panel.operatorId)}`
  canaries.set('the secret key', key.toString('base64'))
  await live()
}, 120_000)
afterAll(async () => {
  await panel.close()
  await emulator.close()
  await database.close()
  await rm(folder, { recursive: true })
})

/** Asks as the operator's browser would, with any body, and keeps what is answered. */
async function call<Body>(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${panel.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      cookie,
      'x-keyroster': '1',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  answers.push(`${method} ${path.split('?')[0]} ${JSON.stringify([...response.headers])} ${text}`)
  const isJson = /json(;|$)/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    body: (isJson ? JSON.parse(text) : text) as Body,
  }
}

const secretOf = (secret: unknown) => ({ kind: 'secret', secret })
const form = (secret: unknown) => ({
  tenant: emulator.tenant.id,
  clientId: emulator.app.clientId,
  credential: secretOf(secret),
})

/** All that a panel does with a credential, and all that can go wrong with it. */
async function live(): Promise<void> {
  const secret = newCanary()
  canaries.set('the client secret', secret)
  emulator.app.secrets[0]!.value = secret
  await mistype()
  const added = await call<Connection>('POST', '/api/connections', form(secret))
  expect(added.status).toBe(201)
  connectionId = added.body.id
  await grant()
  await check(true)
  await failToSignIn(secret)
  await importAll({ kind: 'all-users' })
  await useCertificate()
  await breakSeal()
  await rotate()
  await readAll()
}

/** A secret in every wrong place of a request. */
async function mistype(): Promise<void> {
  const canary = newCanary()
  canaries.set('a mistyped secret', canary)
  const wrong: [string, string, unknown][] = [
    ['POST', '/api/connections', form([canary])],
    ['POST', '/api/connections', form({ [canary]: canary })],
    ['POST', '/api/connections', form(`${canary}\0`)],
    ['POST', '/api/connections', form(canary.repeat(300))],
    ['POST', '/api/connections', { ...form(canary), loginUrl: canary }],
    ['POST', '/api/connections', { ...form(canary), tenant: canary, clientId: canary }],
    ['POST', '/api/connections', `{"credential":{"kind":"secret","secret":"${canary}"`],
    ['POST', `/api/connections/${canary}/check`, {}],
    ['PATCH', `/api/connections/${randomUUID()}`, { credential: secretOf(canary) }],
    ['GET', `/api/connections?secret=${canary}`, undefined],
    ['GET', `/api/entra/callback?code=${canary}&state=${canary}`, undefined],
    ['GET', `/api/${canary}`, undefined],
  ]
  for (const [method, path, body] of wrong) {
    // A person who wrote it into the address reads it there: what counts is that the panel does not keep it.
    const before = answers.length
    await call(method, path, body)
    if (path.includes(canary)) answers.length = before
  }
}

async function grant(): Promise<void> {
  const path = `/api/connections/${connectionId}/grant`
  const begun = await call<{ url: string }>('POST', path, { returnTo: '/imports/new' })
  expect(begun.status).toBe(200)
  for (let at = begun.body.url; at.startsWith(emulator.origin); ) {
    const back = new URL(await visitMicrosoft(at))
    const answer = await fetch(back, { headers: { cookie }, redirect: 'manual' })
    at = answer.headers.get('location')!
    answers.push(at)
  }
}

async function check(works: boolean): Promise<void> {
  const { body } = await call<{ healthy: boolean }>('POST', `/api/connections/${connectionId}/check`, {})
  expect(body.healthy).toBe(works)
}

const replace = (credential: object) => call('PATCH', `/api/connections/${connectionId}`, { credential })

/** A wrong secret, and a Microsoft, or a proxy before it, that says back what it was sent. */
async function failToSignIn(right: string): Promise<void> {
  const wrong = newCanary()
  canaries.set('a wrong secret', wrong)
  await replace(secretOf(wrong))
  await check(false)
  await call('GET', `/api/connections/${connectionId}/counts`)
  const said = `AADSTS7000215: Invalid client secret provided: client_secret=${wrong}`
  emulator.faults.add({
    route: 'token',
    effect: { kind: 'status', status: 401, body: { error: 'invalid_client', error_description: said } },
  })
  await check(false)
  emulator.faults.clear()
  emulator.faults.add({ route: 'token', effect: { kind: 'html' } })
  await check(false)
  emulator.faults.clear()
  await replace(secretOf(right))
  await check(true)
}

async function importAll(scope: object): Promise<void> {
  emulator.faults.add({ route: 'users', effect: { kind: 'status', status: 503 }, times: 2 })
  emulator.faults.add({ route: 'users', nth: 1, effect: { kind: 'status', status: 401 } })
  const id = randomUUID()
  const started = await call('POST', '/api/imports', { id, connectionId, scope, mode: 'new-and-existing' })
  expect(started.status).toBe(202)
  const ready = await until(id, ['ready'])
  await call('POST', `/api/imports/${id}/confirm`, { fingerprint: ready.fingerprint })
  await until(id, ['completed', 'completed-with-problems'])
  for (const path of ['', '/samples', '/entries', '/entries?format=csv', '/entries?format=jsonl']) {
    expect((await call('GET', `/api/imports/${id}${path}`)).status).toBe(200)
  }
  emulator.faults.clear()
}

async function until(id: string, states: ImportRun['state'][]): Promise<ImportRun> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const { body } = await call<ImportRun>('GET', `/api/imports/${id}`)
    if (states.includes(body.state)) return body
    if (Date.now() > deadline) throw new Error(`The run stayed ${body.state}.`)
    await sleep(100)
  }
}

async function useCertificate(): Promise<void> {
  await replace({ kind: 'certificate' })
  await check(false)
  const { body: pem } = await call<string>('GET', `/api/connections/${connectionId}/certificate`)
  const certificate = new X509Certificate(pem)
  const base64url = (hex: string) => Buffer.from(hex.replaceAll(':', ''), 'hex').toString('base64url')
  emulator.app.certificates.push({
    thumbprintSha1: base64url(certificate.fingerprint),
    thumbprintSha256: base64url(certificate.fingerprint256),
    publicKeyPem: certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  })
  await check(true)
  await importAll({ kind: 'all-users' })
  const { credential } = await readAccess(panel, connectionId)
  if (credential.kind !== 'certificate') throw new Error('There is no certificate.')
  // Past what every RSA key begins with, and no part of the public half.
  canaries.set('the private key', credential.privateKeyPem.split('\n').at(-4)!)
}

/** A credential that does not open is an error that nobody expects: its log line has all that there is. */
async function breakSeal(): Promise<void> {
  const spoil =
    'update connections set credential_sealed = set_byte(credential_sealed, 40, get_byte(credential_sealed, 40) # 1)'
  await database.pool.query(spoil)
  expect((await call('POST', `/api/connections/${connectionId}/check`, {})).status).toBe(500)
  await database.pool.query(spoil)
  await check(true)
}

async function rotate(): Promise<void> {
  const rememberDataKey = async () => {
    const { rows } = await database.pool.query('select workspace_id from connections')
    const dataKey = await transaction(database.db, (tx) =>
      holdNewestKey(tx, panel.secretKeys, rows[0].workspace_id),
    )
    canaries.set(`data key ${dataKey.name}`, dataKey.bytes.toString('base64'))
  }
  await rememberDataKey()
  await rotateKeys(config, database, panel.secretKeys)
  await rememberDataKey()
  await check(true)
}

async function readAll(): Promise<void> {
  const lists = [
    'connections',
    'users',
    'groups',
    'imports',
    'notifications',
    'audit',
    'tokens',
    'sessions',
    'admins',
  ]
  for (const list of lists) expect((await call('GET', `/api/${list}`)).status).toBe(200)
  for (const path of [`connections/${connectionId}`, 'connections/setup', 'audit/export', 'openapi.json']) {
    expect((await call('GET', `/api/${path}`)).status).toBe(200)
  }
  await makeBackup(database.pool, join(folder, 'all.backup'))
}

/** Every row of every table, of the queue's too, as text: bytes are hexadecimal in it. */
async function dumpDatabase(): Promise<string> {
  const { rows: tables } = await database.pool.query(`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`)
  const dumps: string[] = []
  for (const { name } of tables) {
    const { rows } = await database.pool.query(`select t::text as line from ${name} t`)
    dumps.push(`${name}\n${rows.map(({ line }) => line).join('\n')}`)
  }
  return dumps.join('\n')
}

/** As it is, and as it reads once it was written in hexadecimal, base64 or an address. */
function spellings(text: string): string[] {
  const bytes = [Buffer.from(text), ...(/^[\w+/]{43}=$/.test(text) ? [Buffer.from(text, 'base64')] : [])]
  // Base64 of a text amid others depends on where it begins: of three possible beginnings, the middles.
  const shifted = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
      .toString('base64')
      .slice(4, -4),
  )
  const inForm = new URLSearchParams({ text }).toString().replace('text=', '')
  return [text, inForm, encodeURIComponent(text), ...bytes.map((one) => one.toString('hex')), ...shifted]
}

function expectNowhere(haystack: string, what: string): void {
  for (const [name, canary] of canaries) {
    const found = spellings(canary).find((spelling) => haystack.includes(spelling))
    const at =
      found === undefined
        ? ''
        : haystack.slice(Math.max(0, haystack.indexOf(found) - 200), haystack.indexOf(found))
    expect(found && `${at}…`, `${name} in ${what}`).toBe(undefined)
  }
}

describe('a secret is nowhere but sealed, after all that a panel does with it:', () => {
  test('not in any table, those of the queue among them', async () => {
    const dump = await dumpDatabase()
    for (const table of ['public.connections', 'public.audit_events', 'pgboss.'])
      expect(dump).toContain(table)
    expectNowhere(dump, 'the database')
  })

  test('not in the log at level trace', () => {
    expect(lines.join('')).toContain('graph answered')
    expect(lines.join('')).toContain('SealError')
    expectNowhere(lines.join(''), 'the log')
  })

  test('not in anything that was answered, lists and downloads among it', () => {
    expect(answers.length).toBeGreaterThan(50)
    expectNowhere(answers.join('\n'), 'an answer')
  })

  test('not in a backup', async () => {
    const backup = gunzipSync(await readFile(join(folder, 'all.backup'))).toString('latin1')
    expect(backup).toContain('credential_sealed')
    expectNowhere(backup, 'a backup')
  })

  test('and it would be found in any spelling', async () => {
    const spelled: ((canary: string) => string)[] = [
      (canary) => JSON.stringify({ canary }),
      (canary) => new URLSearchParams({ canary }).toString(),
      (canary) => Buffer.from(canary).toString('hex'),
      (canary) => Buffer.from(`client:${canary}`).toString('base64'),
    ]
    for (const [name, canary] of canaries) {
      for (const spell of spelled)
        expect(() => expectNowhere(spell(canary), 'a spelling'), name).toThrow(name)
    }
    expect(canaries.size).toBe(7)
  })

  test("and neither is a token of Microsoft's", async () => {
    const all = [await dumpDatabase(), ...lines, ...answers].join('\n')
    expect(all).not.toMatch(/eyJ[\w-]{10,}\.eyJ[\w-]{10,}\./)
  })
})
