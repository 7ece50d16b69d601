import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../start.ts'
import { readAccessToken } from './access-token.ts'
import { signToken } from './signing-key.ts'
import { readTokenAnswer } from './test-answer.ts'

let clock: Date
let emulator: Emulator
beforeEach(async () => {
  clock = new Date()
  emulator = await startEmulator({ granted: ['User.Read.All'], now: () => clock })
})
afterEach(() => emulator.close())

async function getToken(): Promise<string> {
  const response = await fetch(`${emulator.origin}/${emulator.tenant.id}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: emulator.app.clientId,
      client_secret: emulator.app.secrets[0]!.value,
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
  return (await readTokenAnswer(response)).access_token
}

const read = (token: string) => readAccessToken(emulator.world, `Bearer ${token}`)
const refused = (message: string) => ({ ok: false, status: 401, code: 'InvalidAuthenticationToken', message })

test('a token names tenant and app, and keeps the roles it was issued with', async () => {
  const token = await getToken()
  emulator.revoke()
  emulator.grant(['GroupMember.Read.All'])
  expect(await read(token)).toEqual({
    ok: true,
    tenant: emulator.tenant,
    app: emulator.app,
    permissions: new Set(['User.Read.All']),
  })
  expect(await read(await getToken())).toMatchObject({ permissions: new Set(['GroupMember.Read.All']) })
})

test('no header, or one of another kind, is an empty token', async () => {
  expect(await readAccessToken(emulator.world, undefined)).toEqual(refused('Access token is empty.'))
  expect(await readAccessToken(emulator.world, 'Basic abc')).toEqual(refused('Access token is empty.'))
})

test('a token past its time is refused by the emulator’s clock', async () => {
  const token = await getToken()
  clock = new Date(clock.getTime() + 3600_000)
  expect(await read(token)).toEqual(refused('Lifetime validation failed, the token is expired.'))
})

test('a changed token, another key, another audience and nonsense are refused', async () => {
  const token = await getToken()
  const [header, , signature] = token.split('.')
  const payload = Buffer.from(JSON.stringify({ roles: ['Directory.ReadWrite.All'] })).toString('base64url')
  expect(await read(`${header}.${payload}.${signature}`)).toEqual(
    refused('Access token validation failure. Invalid signature.'),
  )
  const exp = Math.floor(clock.getTime() / 1000) + 60
  const other = await signToken(emulator.world.login.key, { aud: 'https://vault.azure.net', exp })
  expect(await read(other)).toEqual(refused('Access token validation failure. Invalid audience.'))
  expect(await read('nonsense')).toEqual(refused('CompactToken parsing failed with error code: 80049217'))
})

test('a token without a service principal any more has no identity', async () => {
  const token = await getToken()
  emulator.tenant.servicePrincipals.clear()
  expect(await read(token)).toMatchObject({ ok: false, status: 403, code: 'Authorization_IdentityNotFound' })
})
