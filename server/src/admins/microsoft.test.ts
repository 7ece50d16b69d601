import type { Problem } from '@keyroster/api/problem.ts'
import type { Session } from '@keyroster/api/session.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Visit, visitMicrosoft } from '../connections/test-browser.ts'
import {
  addConnection,
  type ConnectedPanel,
  createConnectedPanel,
  grant,
} from '../connections/test-connection.ts'
import { type Call, callWith } from '../http/test-panel.ts'
import { startSession } from './sessions.ts'
import { addAdmin, cookieOf, letTouchesAge, type TestAdmin } from './test-admins.ts'

let panel: ConnectedPanel
let adele: TestAdmin
let connectionId: string
beforeAll(async () => {
  panel = await createConnectedPanel()
  connectionId = (await addConnection(panel)).id
  await grant(panel, connectionId)
})
afterAll(() => panel[Symbol.asyncDispose]())
beforeEach(async () => {
  const { pool, db } = panel.panel.database
  await pool.query('delete from sign_in_trips')
  await pool.query('delete from admins where id <> $1', [panel.admin.id])
  await pool.query('update sessions set stepped_up_at = now()')
  await pool.query('update workspaces set sign_in_with_microsoft = true')
  await pool.query('update admins set entra_tenant_id = null, entra_object_id = null')
  panel.cookie = `keyroster=${await startSession(db, panel.admin.id)}`
  panel.call = callWith(panel.app, panel.cookie)
  // Her email here is the one that Microsoft has for her: it must open nothing.
  adele = await addAdmin(panel, 'auditor', 'Adele Vance', 'AdeleV@M365x214355.onmicrosoft.com')
})

const turn = (microsoft: boolean, call = panel.call) => call('PUT', '/api/settings/sign-in', { microsoft })
const anybody = () => callWith(panel.app)

/** Leaves for Microsoft; answers where to, and the cookie of the trip. */
async function leave(path: 'microsoft' | 'microsoft/bind', call: Call, body: object = {}) {
  const answer = await call<{ url: string } & Problem>('POST', `/api/session/${path}`, body)
  return { ...answer, trip: cookieOf(answer.headers) }
}

/** Comes back from Microsoft in a browser with these cookies. */
async function comeBack(callback: string, ...cookies: string[]) {
  const { pathname, search } = new URL(callback)
  const answer = await panel.app.inject({
    url: pathname + search,
    headers: { cookie: cookies.filter(Boolean).join('; ') },
  })
  return { to: String(answer.headers.location), cookie: cookieOf(answer.headers), status: answer.statusCode }
}

async function bind(who: TestAdmin, visit: Visit) {
  const left = await leave('microsoft/bind', who.call, { returnTo: '/account' })
  return comeBack(await visitMicrosoft(left.body.url, visit), left.trip, who.cookie)
}

async function signIn(visit: Visit, returnTo = '/') {
  const left = await leave('microsoft', anybody(), { returnTo })
  return comeBack(await visitMicrosoft(left.body.url, visit), left.trip)
}

describe('Sign in with Microsoft', () => {
  test('is off until an owner turns it on, with a fresh touch', async () => {
    await turn(false)
    expect((await panel.call('GET', '/api/settings/sign-in')).body).toEqual({ microsoft: false })
    expect((await anybody()('GET', '/api/session/ways')).body).toEqual({ microsoft: false, tenants: [] })
    expect(await leave('microsoft', anybody())).toMatchObject({
      status: 403,
      body: { code: 'microsoft_sign_in_off' },
    })
    expect(await leave('microsoft/bind', adele.call)).toMatchObject({ status: 403 })
    const admin = await addAdmin(panel, 'admin')
    expect(await turn(true, admin.call)).toMatchObject({ status: 403, body: { code: 'not_allowed' } })
    await letTouchesAge(panel)
    expect(await turn(true)).toMatchObject({ status: 403, body: { code: 'step_up_needed' } })
    await panel.panel.database.pool.query('update sessions set stepped_up_at = now()')
    expect((await turn(true)).body).toEqual({ microsoft: true })
    expect((await anybody()('GET', '/api/session/ways')).body).toEqual({
      microsoft: true,
      tenants: [{ connectionId, name: expect.any(String) }],
    })
  })

  test('signs in whoever bound the account, and is no touch of a passkey', async () => {
    const bound = await bind(adele, { account: 'Adele' })
    expect(bound.to).toBe('http://localhost:8080/account?microsoft=bound')
    const signedIn = await signIn({ account: 'Adele' }, '/users?search=a')
    expect(signedIn.to).toBe('http://localhost:8080/users?search=a')
    const call = callWith(panel.app, signedIn.cookie)
    expect((await call<Session>('GET', '/api/session')).body).toMatchObject({
      admin: { id: adele.id },
      microsoft: true,
      steppedUpUntil: null,
    })
    expect((await call('GET', '/api/sessions')).body).toMatchObject({
      items: [{ way: 'microsoft', current: true }, { way: 'link' }],
    })
    expect(await leave('microsoft/bind', call)).toMatchObject({
      status: 403,
      body: { code: 'step_up_needed' },
    })
    const events = await panel.panel.database.pool.query(
      "select action, detail from audit_events where actor_id = $1 and outcome = 'done' order by seq",
      [adele.id],
    )
    expect(events.rows).toMatchObject([
      { action: 'admin.microsoft-bound', detail: { tenantId: panel.emulator.tenant.id } },
      { action: 'session.started', detail: { way: 'microsoft' } },
    ])
  })

  test('refuses an account that nobody bound, even where its email is an admin’s', async () => {
    const refused = await signIn({ account: 'Adele' })
    expect(refused).toMatchObject({
      to: 'http://localhost:8080/sign-in?problem=microsoft_account_unknown',
      cookie: '',
    })
    const { rows } = await panel.panel.database.pool.query(
      'select action, outcome, detail, actor_name from audit_events order by seq desc limit 1',
    )
    expect(rows).toMatchObject([
      { action: 'session.refused', outcome: 'refused', actor_name: 'Somebody', detail: { way: 'microsoft' } },
    ])
  })

  test('knows an account by tenant and object id, whatever its name and email become', async () => {
    await bind(adele, { account: 'Adele' })
    const { directory } = panel.emulator.tenant
    const user = [...directory.users()].find(({ displayName }) => displayName === 'Adele Vance')!
    directory.updateUser(user.id, { mail: 'somebody.else@contoso.com' })
    await adele.call('PATCH', '/api/session/profile', { email: 'adele@elsewhere.example' })
    expect((await signIn({ account: 'Adele' })).cookie).not.toBe('')
    await panel.panel.database.pool.query('update admins set entra_tenant_id = $1 where id = $2', [
      crypto.randomUUID(),
      adele.id,
    ])
    expect((await signIn({ account: 'Adele' })).to).toContain('microsoft_account_unknown')
  })

  test('refuses who is disabled, and everybody once it is turned off, with the sessions it began', async () => {
    await bind(adele, { account: 'Adele' })
    const { cookie } = await signIn({ account: 'Adele' })
    const left = await leave('microsoft', anybody())
    const callback = await visitMicrosoft(left.body.url, { account: 'Adele' })
    await turn(false)
    expect((await callWith(panel.app, cookie)('GET', '/api/session')).status).toBe(401)
    expect((await adele.call('GET', '/api/session')).status).toBe(200)
    expect((await comeBack(callback, left.trip)).to).toContain('/sign-in?problem=microsoft_sign_in_off')
    await turn(true)
    await panel.call('PATCH', `/api/admins/${adele.id}`, { disabled: true })
    expect((await signIn({ account: 'Adele' })).to).toContain('/sign-in?problem=admin_disabled')
  })

  test('says that somebody declined at Microsoft', async () => {
    panel.emulator.world.login.consents.length = 0
    expect((await signIn({ account: 'Adele', decision: 'cancel' })).to).toBe(
      'http://localhost:8080/sign-in?problem=consent_declined',
    )
  })

  test('asks which account, with a state, a nonce and a challenge of its own each time', async () => {
    const asked = await Promise.all(
      [1, 2].map(async () => new URL((await leave('microsoft', anybody())).body.url).searchParams),
    )
    for (const query of asked) {
      expect(Object.fromEntries(query)).toMatchObject({
        prompt: 'select_account',
        response_type: 'code',
        code_challenge_method: 'S256',
        redirect_uri: 'http://localhost:8080/api/entra/callback',
        client_id: panel.emulator.app.clientId,
      })
    }
    for (const secret of ['state', 'nonce', 'code_challenge']) {
      expect(new Set(asked.map((query) => query.get(secret))).size).toBe(2)
      expect(asked[0]!.get(secret)!.length).toBeGreaterThanOrEqual(43)
    }
  })

  test('goes back to a path of the panel alone', async () => {
    for (const returnTo of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/\t/evil.example',
      'x',
    ]) {
      expect((await leave('microsoft', anybody(), { returnTo })).status).toBe(400)
    }
  })
})

describe('a trip to Microsoft', () => {
  test('ends in the browser that began it, once, within ten minutes', async () => {
    await bind(adele, { account: 'Adele' })
    const left = await leave('microsoft', anybody())
    const callback = await visitMicrosoft(left.body.url, { account: 'Adele' })
    const other = await leave('microsoft', anybody())
    for (const cookie of ['', 'keyroster-trip=made-up', other.trip]) {
      const refused = await comeBack(callback, cookie)
      expect(refused.to).toMatch(/^http:\/\/localhost:8080\/(sign-in|connections)\?problem=consent_expired$/)
      expect(refused.cookie).toBe('')
    }
    expect((await comeBack(callback, left.trip)).cookie).toMatch(/^keyroster=/)
    expect((await comeBack(callback, left.trip)).to).toBe(
      'http://localhost:8080/sign-in?problem=consent_expired',
    )

    const late = await leave('microsoft', anybody())
    const lateCallback = await visitMicrosoft(late.body.url, { account: 'Adele' })
    await panel.panel.database.pool.query('update sign_in_trips set expires_at = now()')
    expect((await comeBack(lateCallback, late.trip)).cookie).toBe('')
  })

  test('believes no code, nonce or verifier of another trip', async () => {
    await bind(adele, { account: 'Adele' })
    const { pool } = panel.panel.database
    for (const tamper of ["nonce = 'another'", "code_verifier = repeat('a', 43)"]) {
      const left = await leave('microsoft', anybody())
      const callback = await visitMicrosoft(left.body.url, { account: 'Adele' })
      await pool.query(`update sign_in_trips set ${tamper}`)
      const refused = await comeBack(callback, left.trip)
      expect(refused.to).toContain('/sign-in?problem=')
      expect(refused.cookie).toBe('')
    }
    const [one, two] = [await leave('microsoft', anybody()), await leave('microsoft', anybody())]
    const callback = new URL(await visitMicrosoft(one.body.url, { account: 'Adele' }))
    const foreign = new URL(await visitMicrosoft(two.body.url, { account: 'Adele' }))
    callback.searchParams.set('code', foreign.searchParams.get('code')!)
    expect((await comeBack(callback.href, one.trip)).cookie).toBe('')
  })

  test('keeps its cookie from scripts, and neither its state nor its cookie as they are', async () => {
    const answer = await anybody()<{ url: string }>('POST', '/api/session/microsoft', {})
    expect(answer.headers['set-cookie']).toMatch(
      /^keyroster-trip=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const { rows } = await panel.panel.database.pool.query('select t::text as row from sign_in_trips t')
    for (const secret of [
      cookieOf(answer.headers).split('=')[1]!,
      new URL(answer.body.url).searchParams.get('state')!,
    ]) {
      expect(rows[0].row).not.toContain(secret)
      expect(rows[0].row).not.toContain(Buffer.from(secret).toString('hex'))
    }
  })
})

describe('binding a Microsoft account', () => {
  test('is for the session that began it: neither a signed-out browser nor another admin gets it', async () => {
    const left = await leave('microsoft/bind', adele.call, { returnTo: '/account' })
    const callback = await visitMicrosoft(left.body.url, { account: 'Adele' })
    expect((await comeBack(callback, left.trip, panel.cookie)).to).toContain('/account?problem=not_signed_in')
    const again = await leave('microsoft/bind', adele.call)
    const signedOut = await comeBack(await visitMicrosoft(again.body.url, { account: 'Adele' }), again.trip)
    expect(signedOut.to).toContain('problem=not_signed_in')
    const { rows } = await panel.panel.database.pool.query('select entra_object_id from admins')
    expect(rows.every(({ entra_object_id }) => entra_object_id === null)).toBe(true)
  })

  test('gives one account to one admin, who can take it off again', async () => {
    await bind(adele, { account: 'Adele' })
    const other = await addAdmin(panel, 'admin')
    expect((await bind(other, { account: 'Adele' })).to).toContain('/account?problem=already_admin')
    const { cookie } = await signIn({ account: 'Adele' })
    expect((await adele.call('DELETE', '/api/session/microsoft')).status).toBe(204)
    expect((await callWith(panel.app, cookie)('GET', '/api/session')).status).toBe(401)
    expect((await signIn({ account: 'Adele' })).to).toContain('microsoft_account_unknown')
    expect((await bind(other, { account: 'Adele' })).to).toContain('microsoft=bound')
  })
})
