import { randomUUID } from 'node:crypto'
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../start.ts'
import { makeTestCertificate, type TestCertificate } from '../test-certificate.ts'
import { readTokenAnswer } from './test-answer.ts'

let emulator: Emulator
let uploaded: TestCertificate
let stranger: TestCertificate
beforeAll(async () => {
  emulator = await startEmulator({ granted: true })
  uploaded = await makeTestCertificate()
  stranger = await makeTestCertificate()
  emulator.app.certificates.push(uploaded)
})
afterAll(() => emulator.close())

const now = () => Math.floor(Date.now() / 1000)

function claims(changes: JWTPayload = {}): JWTPayload {
  const { clientId } = emulator.app
  const aud = `${emulator.origin}/${emulator.tenant.id}/oauth2/v2.0/token`
  return {
    aud,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    iat: now(),
    nbf: now(),
    exp: now() + 600,
    ...changes,
  }
}

const ps256 = (): JWTHeaderParameters => ({ alg: 'PS256', typ: 'JWT', 'x5t#S256': uploaded.thumbprintSha256 })
const rs256 = (): JWTHeaderParameters => ({ alg: 'RS256', typ: 'JWT', x5t: uploaded.thumbprintSha1 })

async function present(payload: JWTPayload, header = ps256(), key = uploaded.privateKey) {
  return send(await new SignJWT(payload).setProtectedHeader(header).sign(key))
}

async function send(assertion: string) {
  const response = await fetch(`${emulator.origin}/${emulator.tenant.id}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: emulator.app.clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
  return { status: response.status, body: await readTokenAnswer(response) }
}

test('PS256 with x5t#S256 gets a token', async () => {
  expect((await present(claims())).status).toBe(200)
})

test('RS256 with x5t, the old form, gets a token', async () => {
  expect((await present(claims(), rs256())).status).toBe(200)
})

test('a certificate that was not uploaded is told by its thumbprint', async () => {
  const header = { ...ps256(), 'x5t#S256': stranger.thumbprintSha256 }
  const { status, body } = await present(claims(), header, stranger.privateKey)
  expect(status).toBe(401)
  expect(body).toMatchObject({ error: 'invalid_client', error_codes: [700027] })
  const hex = Buffer.from(stranger.thumbprintSha256, 'base64url').toString('hex').toUpperCase()
  expect(body.error_description).toContain(
    `The key was not found., Thumbprint of key used by client: '${hex}'`,
  )
})

test('another key under the uploaded thumbprint is a wrong signature', async () => {
  const { body } = await present(claims(), ps256(), stranger.privateKey)
  expect(body).toMatchObject({ error: 'invalid_client', error_codes: [700027] })
  expect(body.error_description).toContain('did not match the expected signature')
})

test.each([
  ['expired', -1200, -600],
  ['from the future', 600, 1200],
])('an assertion %s is refused with the clock of the server', async (_, from, until) => {
  const { status, body } = await present(claims({ nbf: now() + from, exp: now() + until }))
  expect(status).toBe(401)
  expect(body.error_codes).toEqual([700024])
  expect(body.error_description).toMatch(
    /Current time: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z, assertion valid from .*Z, expiry time of assertion .*Z\./,
  )
})

test('a clock four minutes off is let through', async () => {
  expect((await present(claims({ nbf: now() + 240, exp: now() + 840 }))).status).toBe(200)
  expect((await present(claims({ nbf: now() - 840, exp: now() - 240 }))).status).toBe(200)
})

test.each([
  ['another audience', { aud: 'https://login.microsoftonline.com/x/oauth2/v2.0/token' }, 700023],
  ['another issuer', { iss: 'somebody' }, 700021],
  ['another subject', { sub: 'somebody' }, 700021],
  ['no jti', { jti: undefined }, 50027],
  ['no exp', { exp: undefined }, 50027],
] as const)('an assertion with %s is refused', async (_, changes, code) => {
  const { status, body } = await present(claims(changes))
  expect({ status, codes: body.error_codes }).toEqual({ status: 401, codes: [code] })
})

test('the thumbprint must be the one of the algorithm', async () => {
  const { body } = await present(claims(), { alg: 'PS256', x5t: uploaded.thumbprintSha1 })
  expect(body.error_codes).toEqual([50027])
})

test('something that is no JWT is refused', async () => {
  expect((await send('not.a.jwt')).body.error_codes).toEqual([50027])
  expect((await send('nonsense')).body.error_codes).toEqual([50027])
})
