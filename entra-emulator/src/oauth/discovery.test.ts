import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import recorded from '../recordings/entra-login.json' with { type: 'json' }
import { type Emulator, startEmulator } from '../start.ts'
import { readTokenAnswer } from './test-answer.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator({ granted: true })
})
afterAll(() => emulator.close())

async function configuration(tenant: string) {
  const response = await fetch(`${emulator.origin}/${tenant}/v2.0/.well-known/openid-configuration`)
  return { response, body: (await response.json()) as typeof recorded.openidConfiguration.body }
}

test('a tenant’s document is the recorded one with host and tenant replaced, headers too', async () => {
  const { response, body } = await configuration(emulator.tenant.id)
  const { host } = new URL(emulator.origin)
  const expected = JSON.parse(
    JSON.stringify(recorded.openidConfiguration.body)
      .replaceAll('https://login.microsoftonline.com', emulator.origin)
      .replaceAll('88888888-8888-8888-8888-888888888888', emulator.tenant.id)
      .replaceAll('https://graph.microsoft.com', emulator.origin)
      .replaceAll('"graph.microsoft.com"', `"${host}"`),
  )
  expect(body).toEqual(expected)
  expect(Object.keys(body)).toEqual(Object.keys(recorded.openidConfiguration.body))
  for (const [name, value] of Object.entries(recorded.openidConfiguration.headers)) {
    expect(response.headers.get(name), name).toBe(value)
  }
})

test('a verified domain leads to the document of the tenant’s id', async () => {
  const { name } = emulator.tenant.verifiedDomains[0]!
  const { body } = await configuration(name.toUpperCase())
  expect(body.issuer).toBe(`${emulator.origin}/${emulator.tenant.id}/v2.0`)
})

test.each(['common', 'organizations'])('%s has the placeholder in its issuer', async (authority) => {
  const { body } = await configuration(authority)
  expect(body.issuer).toBe(`${emulator.origin}/{tenantid}/v2.0`)
  expect(body.token_endpoint).toBe(`${emulator.origin}/${authority}/oauth2/v2.0/token`)
  expect(body.tenant_region_scope).toBeNull()
})

test('an unknown tenant gets AADSTS90002 as invalid_tenant', async () => {
  const { response, body } = await configuration('00000000-0000-4000-8000-000000000000')
  expect(response.status).toBe(400)
  expect(body).toMatchObject({ error: 'invalid_tenant', error_codes: [90002] })
})

test('the keys verify what the token endpoint issues, and name no algorithm', async () => {
  const { body } = await configuration(emulator.tenant.id)
  const keys = (await (await fetch(body.jwks_uri)).json()) as JSONWebKeySet
  expect(keys.keys[0]).not.toHaveProperty('alg')
  expect(keys.keys[0]).not.toHaveProperty('d')
  const token = await fetch(body.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: emulator.app.clientId,
      client_secret: emulator.app.secrets[0]!.value,
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
  const { access_token } = await readTokenAnswer(token)
  const { payload } = await jwtVerify(access_token, createLocalJWKSet(keys))
  expect(payload.iss).toBe(`https://sts.windows.net/${emulator.tenant.id}/`)
})

test('instance discovery has the recorded shape and knows this host', async () => {
  const endpoint = `${emulator.origin}/${emulator.tenant.id}/oauth2/v2.0/authorize`
  const query = new URLSearchParams({ 'api-version': '1.1', authorization_endpoint: endpoint })
  const response = await fetch(`${emulator.origin}/common/discovery/instance?${query}`)
  const body = (await response.json()) as typeof recorded.discoveryInstance.body
  expect(Object.keys(body)).toEqual(Object.keys(recorded.discoveryInstance.body))
  expect(body.tenant_discovery_endpoint).toBe(
    `${emulator.origin}/${emulator.tenant.id}/v2.0/.well-known/openid-configuration`,
  )
  expect(body.metadata.slice(1)).toEqual(recorded.discoveryInstance.body.metadata)
  expect(body.metadata[0]?.aliases).toEqual([new URL(emulator.origin).host])
})

test('instance discovery refuses a host it does not know', async () => {
  const query = new URLSearchParams({ authorization_endpoint: 'https://login.example/common' })
  const response = await fetch(`${emulator.origin}/common/discovery/instance?${query}`)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: 'invalid_instance' })
})
