import { decodeJwt } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import recorded from '../recordings/entra-login.json' with { type: 'json' }
import { type Emulator, startEmulator } from '../start.ts'
import { readTokenAnswer } from './test-answer.ts'

const SCOPE = 'https://graph.microsoft.com/.default'
let clock: Date
let emulator: Emulator
beforeEach(async () => {
  clock = new Date()
  emulator = await startEmulator({ granted: true, now: () => clock })
})
afterEach(() => emulator.close())

function post(
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  tenant = emulator.tenant.id,
) {
  return fetch(`${emulator.origin}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(fields),
  })
}

function bySecret(changes: Record<string, string> = {}) {
  return {
    grant_type: 'client_credentials',
    client_id: emulator.app.clientId,
    client_secret: emulator.app.secrets[0]!.value,
    scope: SCOPE,
    ...changes,
  }
}

test('a secret gets the recorded answer: headers, four fields, an app token with the roles', async () => {
  const response = await post(bySecret())
  const body = await readTokenAnswer(response)
  expect(response.status).toBe(200)
  expect(Object.keys(body)).toEqual(Object.keys(recorded.token.body))
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 })
  for (const [name, value] of Object.entries(recorded.token.headers)) {
    if (name === 'x-ms-request-id') expect(response.headers.get(name)).toMatch(/^[\da-f-]{36}$/)
    else if (name !== 'Strict-Transport-Security') expect(response.headers.get(name), name).toBe(value)
  }
  expect(decodeJwt(body.access_token)).toMatchObject({
    aud: 'https://graph.microsoft.com',
    appid: emulator.app.clientId,
    idtyp: 'app',
    tid: emulator.tenant.id,
    roles: ['GroupMember.Read.All', 'Organization.Read.All', 'User.Read.All'],
    ver: '1.0',
    wids: ['0997a1d0-0d1d-4acb-b408-d5ca73121e90'],
  })
})

test('the recorded request of MSAL, with its extra fields and CAE capability, gets a day', async () => {
  const fields = Object.fromEntries(new URLSearchParams(recorded.token.request))
  const { client_id, client_secret, scope } = bySecret()
  const response = await post({ ...fields, client_id, client_secret, scope })
  expect(await readTokenAnswer(response)).toMatchObject({ expires_in: 86_399, ext_expires_in: 86_399 })
})

test('the secret may come by HTTP Basic, form-encoded', async () => {
  const secret = 'a+b c:d%&'
  emulator.app.secrets.push({ id: 'x', value: secret, expiresAt: new Date(clock.getTime() + 1000) })
  const encoded = new URLSearchParams([[emulator.app.clientId, secret]]).toString().replace('=', ':')
  const authorization = `Basic ${Buffer.from(encoded).toString('base64')}`
  const response = await post({ grant_type: 'client_credentials', scope: SCOPE }, { authorization })
  expect(response.status).toBe(200)
})

test('a token without consent has no roles', async () => {
  emulator.revoke()
  const { access_token } = await readTokenAnswer(await post(bySecret()))
  expect(decodeJwt(access_token)).not.toHaveProperty('roles')
})

test('an error has the body of the facts, with ids and time in the description too', async () => {
  const correlation = '0f2b5f7e-8a5e-4b58-b2f5-0a4a3a0c1d2e'
  const response = await post(bySecret({ client_secret: 'wrong' }), { 'client-request-id': correlation })
  const body = await readTokenAnswer(response)
  expect(body.error_description).toBe(
    `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${emulator.app.clientId}'.\r\nTrace ID: ${body.trace_id}\r\nCorrelation ID: ${correlation}\r\nTimestamp: ${body.timestamp}`,
  )
  expect(body.timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/)
  expect(body.error_uri).toBe('https://login.microsoftonline.com/error?code=7000215')
  expect(response.headers.get('x-ms-request-id')).toBe(body.trace_id)
})

async function expectRefused(response: Response, status: number, error: string, code: number) {
  const body = await readTokenAnswer(response)
  expect({ status: response.status, error: body.error, codes: body.error_codes }).toEqual({
    status,
    error,
    codes: [code],
  })
  expect(body.error_description).toContain(`AADSTS${code}: `)
}

test('a secret id in place of the value is a wrong secret', async () => {
  const client_secret = emulator.app.secrets[0]!.id
  await expectRefused(await post(bySecret({ client_secret })), 401, 'invalid_client', 7000215)
})

test('an expired secret is told apart from a wrong one', async () => {
  clock = emulator.app.secrets[0]!.expiresAt
  await expectRefused(await post(bySecret()), 401, 'invalid_client', 7000222)
})

test('an unknown app is not found in the directory', async () => {
  const client_id = '11111111-1111-4111-8111-111111111111'
  await expectRefused(await post(bySecret({ client_id })), 400, 'unauthorized_client', 700016)
})

test('an unknown tenant is not found', async () => {
  await expectRefused(await post(bySecret(), {}, 'nobody.example'), 400, 'invalid_request', 90002)
})

test('an app without service principal gets no token', async () => {
  emulator.tenant.servicePrincipals.clear()
  await expectRefused(await post(bySecret()), 401, 'invalid_client', 7000229)
})

test('a service principal that an admin disabled gets no token', async () => {
  emulator.tenant.servicePrincipals.get(emulator.app.clientId)!.enabled = false
  await expectRefused(await post(bySecret()), 400, 'unauthorized_client', 7000112)
})

test('client credentials need a tenant, not common', async () => {
  await expectRefused(await post(bySecret(), {}, 'common'), 400, 'invalid_request', 9001023)
})

test.each(['https://graph.microsoft.com/User.Read.All', 'User.Read.All', `${SCOPE} openid`])(
  'the scope %s is refused for an app',
  async (scope) => {
    await expectRefused(await post(bySecret({ scope })), 400, 'invalid_scope', 70011)
  },
)

test('the default scope of a resource that is not there is refused', async () => {
  const scope = 'https://vault.azure.net/.default'
  await expectRefused(await post(bySecret({ scope })), 400, 'invalid_resource', 500011)
})

test('this Graph’s own address can be the resource', async () => {
  const { access_token } = await readTokenAnswer(
    await post(bySecret({ scope: `${emulator.origin}/.default` })),
  )
  expect(decodeJwt(access_token).aud).toBe(emulator.origin)
})

test('no credential is told in the words of the grant', async () => {
  const { client_id, scope } = bySecret()
  const client = await post({ grant_type: 'client_credentials', client_id, scope })
  await expectRefused(client, 401, 'invalid_client', 7000216)
  const code = await post({ grant_type: 'authorization_code', client_id, code: 'x', redirect_uri: 'x' })
  await expectRefused(code, 401, 'invalid_client', 7000218)
})

test('a page’s script may not redeem anything here', async () => {
  const response = await post(bySecret(), { origin: 'http://localhost:8080' })
  await expectRefused(response, 400, 'invalid_request', 9002326)
})

test('grant type, parameters given twice and bodies that are no form are refused', async () => {
  await expectRefused(await post(bySecret({ grant_type: 'password' })), 400, 'unsupported_grant_type', 70003)
  const url = `${emulator.origin}/${emulator.tenant.id}/oauth2/v2.0/token`
  const twice = new URLSearchParams([...Object.entries(bySecret()), ['scope', SCOPE]])
  await expectRefused(await fetch(url, { method: 'POST', body: twice }), 400, 'invalid_request', 9002313)
  const json = {
    method: 'POST',
    body: JSON.stringify(bySecret()),
    headers: { 'content-type': 'application/json' },
  }
  await expectRefused(await fetch(url, json), 400, 'invalid_request', 900144)
})
