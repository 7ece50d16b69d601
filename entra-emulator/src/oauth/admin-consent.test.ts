import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../start.ts'
import { openBrowser, type TestBrowser } from './test-browser.ts'

const REDIRECT_URI = 'http://localhost:8080/consent'
const SCOPE = 'https://graph.microsoft.com/.default'

let emulator: Emulator
let browser: TestBrowser
beforeEach(async () => {
  emulator = await startEmulator({ redirectUris: [REDIRECT_URI], otherTenants: true })
  browser = openBrowser(emulator.origin)
})
afterEach(() => emulator.close())

const granted = (tenant = emulator.tenant) => [
  ...(tenant.servicePrincipals.get(emulator.app.clientId)?.granted ?? []),
]

function v2(changes: Record<string, string> = {}, tenant = emulator.tenant.id) {
  const parameters = {
    client_id: emulator.app.clientId,
    scope: SCOPE,
    redirect_uri: REDIRECT_URI,
    state: 's',
  }
  return `${emulator.origin}/${tenant}/v2.0/adminconsent?${new URLSearchParams({ ...parameters, ...changes })}`
}

function v1(tenant = emulator.tenant.id) {
  const parameters = { client_id: emulator.app.clientId, redirect_uri: REDIRECT_URI, state: 's' }
  return `${emulator.origin}/${tenant}/adminconsent?${new URLSearchParams(parameters)}`
}

const answer = (location: URL | undefined) => Object.fromEntries(location!.searchParams)

test('an admin who accepts grants the app’s permissions and is led back with the tenant', async () => {
  await browser.visit(v2())
  const { text } = await browser.press('Sign in as MOD Administrator')
  for (const permission of emulator.app.permissions) expect(text).toContain(permission)
  expect(granted()).toEqual([])
  const { location } = await browser.press('Accept')
  expect(answer(location)).toEqual({
    admin_consent: 'True',
    tenant: emulator.tenant.id,
    scope: SCOPE,
    state: 's',
  })
  expect(granted()).toEqual(emulator.app.permissions)
})

test('an admin who cancels grants nothing; admin_consent is True all the same', async () => {
  await browser.visit(v2())
  await browser.press('Sign in as MOD Administrator')
  const { location } = await browser.press('Cancel')
  expect(answer(location)).toEqual({
    admin_consent: 'True',
    error: 'consent_required',
    error_description: expect.stringMatching(
      /^AADSTS65004: The resource owner or authorization server denied the request\.\r\nTrace ID: /,
    ),
    state: 's',
  })
  expect(granted()).toEqual([])
})

test('someone who is no admin gets AADSTS90094 and grants nothing', async () => {
  await browser.visit(v2())
  const { text } = await browser.press('Sign in as Adele Vance')
  expect(text).toContain('Need admin approval')
  expect(text).not.toContain('>Accept<')
  const { location } = await browser.press('Return to the application without granting consent')
  expect(answer(location)).toMatchObject({ admin_consent: 'True', error: 'access_denied', state: 's' })
  expect(answer(location).error_description).toMatch(/^AADSTS90094: /)
  expect(granted()).toEqual([])
})

test('someone who is no admin cannot accept by sending the form themselves', async () => {
  await browser.visit(v2())
  const { text } = await browser.press('Sign in as Adele Vance')
  const forged = text.replace('value="cancel"', 'value="accept"')
  expect(forged).not.toBe(text)
  const cookie = await signedInCookie('Adele Vance')
  const response = await fetch(v2(), {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams({ decision: 'accept' }),
  })
  expect(await response.text()).toContain('Need admin approval')
  expect(granted()).toEqual([])
})

async function signedInCookie(name: string): Promise<string> {
  const { objectId } = emulator.tenant.accounts.find(
    ({ objectId }) => emulator.tenant.directory.user(objectId)?.displayName === name,
  )!
  const response = await fetch(`${emulator.origin}/${emulator.tenant.id}/login`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ account: `${emulator.tenant.id}/${objectId}`, return: '/' }),
  })
  return response.headers.getSetCookie()[0]!.split(';')[0]!
}

test('a form sent by nobody grants nothing', async () => {
  const response = await fetch(v2(), { method: 'POST', body: new URLSearchParams({ decision: 'accept' }) })
  expect(await response.text()).toContain('Pick an account')
  expect(granted()).toEqual([])
})

test('the person who is no admin can go on with an admin’s account', async () => {
  await browser.visit(v2())
  await browser.press('Sign in as Adele Vance')
  await browser.follow('Have an admin account\\? Sign in with that account')
  await browser.press('Sign in as MOD Administrator')
  await browser.press('Accept')
  expect(granted()).toEqual(emulator.app.permissions)
})

test('a redirect address that is not registered is shown and leads nowhere', async () => {
  const { location, text } = await browser.visit(v2({ redirect_uri: 'https://evil.example/consent' }))
  expect(location).toBeUndefined()
  expect(text).toContain('AADSTS50011')
})

test('consent in another tenant brings the app there, and only there', async () => {
  const fabrikam = emulator.world.tenants[1]!
  expect(fabrikam.servicePrincipals.size).toBe(0)
  await browser.visit(v2({}, 'organizations'))
  await browser.press('Sign in as Fabrikam Administrator')
  const { location } = await browser.press('Accept')
  expect(answer(location).tenant).toBe(fabrikam.id)
  expect(granted(fabrikam)).toEqual(emulator.app.permissions)
  expect(granted()).toEqual([])
})

test('v2 without a scope is refused', async () => {
  expect((await browser.visit(v2({ scope: '' }))).text).toContain('AADSTS900144')
})

test('an app that lists no permissions is misconfigured', async () => {
  emulator.app.permissions = []
  expect((await browser.visit(v2())).text).toContain('AADSTS650056')
})

test('v1 answers with the tenant and without a scope', async () => {
  await browser.visit(v1())
  await browser.press('Sign in as MOD Administrator')
  const { location } = await browser.press('Accept')
  expect(answer(location)).toEqual({ tenant: emulator.tenant.id, state: 's', admin_consent: 'True' })
  expect(granted()).toEqual(emulator.app.permissions)
})

test('v1 says permission_denied when the admin cancels', async () => {
  await browser.visit(v1('common'))
  await browser.press('Sign in as MOD Administrator')
  const { location } = await browser.press('Cancel')
  expect(answer(location)).toEqual({
    error: 'permission_denied',
    error_description: 'The admin canceled the request',
    state: 's',
  })
})
