import { createHash, randomBytes } from 'node:crypto'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../start.ts'
import { readTokenAnswer } from './test-answer.ts'
import { openBrowser, type TestBrowser } from './test-browser.ts'

const REDIRECT_URI = 'http://localhost:8080/return?kept=1'
const VERIFIER = randomBytes(32).toString('base64url')
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

let clock: Date
let emulator: Emulator
let browser: TestBrowser
beforeEach(async () => {
  clock = new Date()
  const redirectUris = [REDIRECT_URI]
  emulator = await startEmulator({ redirectUris, otherTenants: true, now: () => clock })
  browser = openBrowser(emulator.origin)
})
afterEach(() => emulator.close())

function url(changes: Record<string, string | undefined> = {}, tenant = emulator.tenant.id) {
  const parameters = {
    client_id: emulator.app.clientId,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile offline_access',
    state: 'the state',
    nonce: 'the nonce',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...changes,
  }
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return `${emulator.origin}/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams(given)}`
}

async function signIn(changes: Record<string, string | undefined> = {}, as = 'MOD Administrator') {
  await browser.visit(url(changes))
  await browser.press(`Sign in as ${as}`)
  const { location } = await browser.press('Accept')
  return location!.searchParams
}

async function redeem(code: string, changes: Record<string, string> = {}, tenant = emulator.tenant.id) {
  const response = await fetch(`${emulator.origin}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: emulator.app.clientId,
      client_secret: emulator.app.secrets[0]!.value,
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
      client_info: '1',
      ...changes,
    }),
  })
  return { status: response.status, body: await readTokenAnswer(response) }
}

test('picking an account and accepting leads back with a code and the state', async () => {
  const back = await signIn()
  expect(back.get('state')).toBe('the state')
  expect(back.get('kept')).toBe('1')
  const { status, body } = await redeem(back.get('code')!)
  expect(status).toBe(200)
  expect(Object.keys(body).sort()).toEqual([
    'access_token',
    'client_info',
    'expires_in',
    'ext_expires_in',
    'id_token',
    'refresh_token',
    'scope',
    'token_type',
  ])
})

test('the id_token verifies and says who signed in where', async () => {
  const { body } = await redeem((await signIn()).get('code')!)
  const keys = createRemoteJWKSet(new URL(`${emulator.origin}/${emulator.tenant.id}/discovery/v2.0/keys`))
  const { payload, protectedHeader } = await jwtVerify(body.id_token, keys, {
    issuer: `${emulator.origin}/${emulator.tenant.id}/v2.0`,
    audience: emulator.app.clientId,
    algorithms: ['RS256'],
  })
  const administrator = emulator.tenant.accounts.find(({ isAdmin }) => isAdmin)!
  expect(payload).toMatchObject({
    tid: emulator.tenant.id,
    oid: administrator.objectId,
    nonce: 'the nonce',
    name: 'MOD Administrator',
    preferred_username: 'admin@M365x214355.onmicrosoft.com',
    ver: '2.0',
  })
  expect(payload.sub).not.toBe(administrator.objectId)
  expect(protectedHeader.kid).toBeTruthy()
})

test('a delegated token carries no application permission', async () => {
  emulator.grant()
  const { body } = await redeem((await signIn()).get('code')!)
  expect(decodeJwt(body.access_token)).not.toHaveProperty('roles')
})

test('someone signed in and consented comes back at once', async () => {
  await signIn()
  const { location } = await browser.visit(url())
  expect(location!.searchParams.has('code')).toBe(true)
})

test('prompt select_account asks again, and prompt consent shows the consent page again', async () => {
  await signIn()
  expect((await browser.visit(url({ prompt: 'select_account' }))).text).toContain('Pick an account')
  expect((await browser.press('Sign in as MOD Administrator')).location!.searchParams.has('code')).toBe(true)
  expect((await browser.visit(url({ prompt: 'consent' }))).text).toContain('Permissions requested')
})

test('another account can be used from the consent page', async () => {
  await browser.visit(url())
  await browser.press('Sign in as Adele Vance')
  expect((await browser.follow('Use another account')).text).toContain('Pick an account')
})

test('login_hint preselects, and asks for that account when another is signed in', async () => {
  const hint = 'AdeleV@M365x214355.onmicrosoft.com'
  const { text } = await browser.visit(url({ login_hint: hint }))
  expect(text).toMatch(/class="main" autofocus>Sign in as Adele Vance</)
  await signIn()
  expect((await browser.visit(url({ login_hint: hint }))).text).toContain('Pick an account')
})

test('cancel at the consent page comes back as access_denied with AADSTS65004', async () => {
  await browser.visit(url())
  await browser.press('Sign in as Adele Vance')
  const { location } = await browser.press('Cancel')
  expect(location!.searchParams.get('error')).toBe('access_denied')
  expect(location!.searchParams.get('error_description')).toMatch(/^AADSTS65004: User declined/)
  expect(location!.searchParams.get('state')).toBe('the state')
})

test('someone who is no admin cannot accept a scope that needs one', async () => {
  await browser.visit(url({ scope: 'openid https://graph.microsoft.com/Group.Read.All' }))
  expect((await browser.press('Sign in as Adele Vance')).text).toContain('Need admin approval')
  const { location } = await browser.press('Return to the application without granting consent')
  expect(location!.searchParams.get('error_description')).toMatch(/^AADSTS90094/)
})

test.each([
  ['prompt none without anybody', { prompt: 'none' }, 'login_required', 50058],
  ['another response type', { response_type: 'token' }, 'unsupported_response_type', 700054],
  ['an unknown response type', { response_type: 'device' }, 'unsupported_response_type', 70005],
  [
    'an id_token without implicit flow',
    { response_type: 'code id_token' },
    'unsupported_response_type',
    700054,
  ],
  ['no scope', { scope: undefined }, 'invalid_request', 900144],
  ['a scope of nobody', { scope: 'https://vault.azure.net/x' }, 'invalid_scope', 70011],
  ['a short challenge', { code_challenge: 'short' }, 'invalid_request', 501491],
  ['an unknown challenge method', { code_challenge_method: 'S512' }, 'invalid_request', 9002313],
])('%s comes back as an error', async (_, changes, error, code) => {
  const { location } = await browser.visit(url(changes))
  expect(location?.origin).toBe('http://localhost:8080')
  expect(location!.searchParams.get('error')).toBe(error)
  expect(location!.searchParams.get('error_description')).toContain(`AADSTS${code}: `)
})

test('prompt none without consent comes back as interaction_required with AADSTS65001', async () => {
  await browser.visit(url())
  await browser.press('Sign in as Adele Vance')
  const { location } = await browser.visit(url({ prompt: 'none' }))
  expect(location!.searchParams.get('error')).toBe('interaction_required')
  expect(location!.searchParams.get('error_description')).toContain('AADSTS65001: ')
})

test.each([
  ['a longer path', { redirect_uri: `${REDIRECT_URI}/more` }, 50011],
  ['another host', { redirect_uri: 'https://evil.example/return?kept=1' }, 50011],
  ['an unknown app', { client_id: '11111111-1111-4111-8111-111111111111' }, 700016],
  ['no app', { client_id: undefined }, 900144],
])('%s is shown on a page and leads nowhere', async (_, changes, code) => {
  const { location, text, status } = await browser.visit(url(changes))
  expect(location).toBeUndefined()
  expect(status).toBe(400)
  expect(text).toContain(`AADSTS${code}: `)
})

test('an app without reply address says so', async () => {
  emulator.app.redirectUris = []
  expect((await browser.visit(url())).text).toContain('AADSTS500113')
})

test('without redirect_uri a registered one is used', async () => {
  const back = await signIn({ redirect_uri: undefined })
  expect((await redeem(back.get('code')!)).status).toBe(200)
})

test('an app of one tenant is not to be used with common', async () => {
  emulator.app.multiTenant = false
  expect((await browser.visit(url({}, 'common'))).text).toContain('AADSTS50194')
})

test('organizations offers the accounts of every tenant and signs in to theirs', async () => {
  await browser.visit(url({}, 'organizations'))
  await browser.press('Sign in as Fabrikam Administrator')
  const { location } = await browser.press('Accept')
  const { body } = await redeem(location!.searchParams.get('code')!, {}, 'organizations')
  expect(decodeJwt(body.id_token).tid).toBe(emulator.world.tenants[1]!.id)
})

test('response_mode fragment puts the answer behind the hash', async () => {
  await browser.visit(url({ response_mode: 'fragment' }))
  await browser.press('Sign in as Adele Vance')
  const { location } = await browser.press('Accept')
  expect(new URLSearchParams(location!.hash.slice(1)).get('state')).toBe('the state')
  expect(location!.search).toBe('?kept=1')
})

test('response_mode form_post answers with a form to send', async () => {
  await browser.visit(url({ response_mode: 'form_post', state: '"><script>' }))
  await browser.press('Sign in as Adele Vance')
  const { text } = await browser.press('Accept')
  expect(text).toContain(`<form method="post" action="${REDIRECT_URI}">`)
  expect(text).toContain('name="state" value="&quot;&gt;&lt;script&gt;"')
})

test('signing in leads to nowhere but this emulator', async () => {
  await browser.visit(url())
  const account = `${emulator.tenant.id}/${emulator.tenant.accounts[0]!.objectId}`
  for (const target of ['https://evil.example/', '//evil.example/', '/\\evil.example/']) {
    const response = await fetch(`${emulator.origin}/${emulator.tenant.id}/login`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ account, return: target }),
    })
    expect(response.status, target).toBe(400)
  }
})

test('a code works once', async () => {
  const code = (await signIn()).get('code')!
  await redeem(code)
  const { status, body } = await redeem(code)
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] })
})

test('a code is good for ten minutes', async () => {
  const code = (await signIn()).get('code')!
  clock = new Date(clock.getTime() + 10 * 60_000)
  expect((await redeem(code)).body.error_codes).toEqual([70008])
})

test.each([
  ['another verifier', { code_verifier: randomBytes(32).toString('base64url') }, 501481],
  ['no verifier', { code_verifier: '' }, 501481],
  ['another redirect_uri', { redirect_uri: 'http://localhost:8080/other' }, 500112],
  ['another code', { code: 'x' }, 70000],
])('a code with %s is refused, and still works with the right one', async (_, changes, error) => {
  const code = (await signIn()).get('code')!
  expect((await redeem(code, changes)).body.error_codes).toEqual([error])
  expect((await redeem(code)).status).toBe(200)
})

test('a code belongs to the tenant it was made in', async () => {
  const code = (await signIn()).get('code')!
  const other = emulator.world.tenants[1]!.id
  expect((await redeem(code, {}, other)).body.error_codes).toEqual([700005])
})

test('a challenge without a method is plain', async () => {
  const code = (await signIn({ code_challenge: VERIFIER, code_challenge_method: undefined })).get('code')!
  expect((await redeem(code)).status).toBe(200)
})

test('a refresh token brings new tokens, and an expired or unknown one does not', async () => {
  const { body } = await redeem((await signIn()).get('code')!)
  const refresh = (refresh_token: string) => redeem('', { grant_type: 'refresh_token', refresh_token })
  const renewed = await refresh(body.refresh_token)
  expect(decodeJwt(renewed.body.id_token)).toMatchObject({
    tid: emulator.tenant.id,
    name: 'MOD Administrator',
  })
  expect(renewed.body.refresh_token).not.toBe(body.refresh_token)
  expect((await refresh('x')).body.error_codes).toEqual([70000])
  clock = new Date(clock.getTime() + 91 * 86_400_000)
  expect((await refresh(renewed.body.refresh_token)).body.error_codes).toEqual([70008])
})

test('a refresh token does not reach a scope nobody consented to', async () => {
  const { body } = await redeem((await signIn()).get('code')!)
  const { refresh_token } = body
  const wider = await redeem('', { grant_type: 'refresh_token', refresh_token, scope: 'openid Mail.Read' })
  expect(wider.body).toMatchObject({
    error: 'invalid_grant',
    suberror: 'consent_required',
    error_codes: [65001],
  })
})

test('a refresh token comes only with offline_access, and the name only with profile', async () => {
  const { body } = await redeem((await signIn({ scope: 'openid' })).get('code')!)
  expect(body).not.toHaveProperty('refresh_token')
  expect(decodeJwt(body.id_token)).not.toHaveProperty('name')
})

test('a disabled person cannot sign in, nor go on', async () => {
  const { body } = await redeem((await signIn()).get('code')!)
  const { objectId } = emulator.tenant.accounts.find(({ isAdmin }) => isAdmin)!
  emulator.tenant.directory.updateUser(objectId, { accountEnabled: false })
  const { refresh_token } = body
  const refreshed = await redeem('', { grant_type: 'refresh_token', refresh_token })
  expect(refreshed.body.error_codes).toEqual([50057])
  await browser.visit(url({ prompt: 'login' }))
  expect((await browser.press('Sign in as MOD Administrator')).text).toContain('AADSTS50057')
})

test('signing out ends the session', async () => {
  await signIn()
  const out = `${emulator.origin}/${emulator.tenant.id}/oauth2/v2.0/logout`
  const back = encodeURIComponent(REDIRECT_URI)
  expect((await browser.visit(`${out}?post_logout_redirect_uri=${back}`)).location!.href).toBe(REDIRECT_URI)
  expect((await browser.visit(url())).text).toContain('Pick an account')
})
