import type { Problem } from '@keyroster/api/problem.ts'
import type { Passkey, Session, WebauthnOptions } from '@keyroster/api/session.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { visitMicrosoft } from '../connections/test-browser.ts'
import { addConnection, comeBack, createConnectedPanel } from '../connections/test-connection.ts'
import { type Call, callWith, createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { startSession } from './sessions.ts'
import { addAdmin, addTestPasskey, cookieOf, letTouchesAge } from './test-admins.ts'
import { createAuthenticator, type Misbehaviour } from './test-authenticator.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())

let call: Call
let cookie: string
beforeEach(async () => {
  const { pool, db } = panel.panel.database
  await pool.query('delete from passkeys')
  cookie = `keyroster=${await startSession(db, panel.admin.id)}`
  call = callWith(panel.app, cookie)
})

type Authenticator = ReturnType<typeof createAuthenticator>

async function touch(by: Call, authenticator: Authenticator, wrong?: Misbehaviour) {
  const { body } = await by<WebauthnOptions>('POST', '/api/session/step-up/options')
  const response = authenticator.get(body.options, wrong)
  return by<Session & Problem>('POST', '/api/session/step-up', { ceremony: body.ceremony, response })
}

/** A deed that asks for a fresh touch. */
const deed = (by: Call) => by<Problem>('PUT', '/api/settings/sign-in', { microsoft: false })

describe('a touch of the passkey', () => {
  test('opens what asks for it for five minutes, under a new session id; the old one is dead', async () => {
    const authenticator = await addTestPasskey(call)
    await letTouchesAge(panel)
    expect(await deed(call)).toMatchObject({ status: 403, body: { code: 'step_up_needed' } })
    const touched = await touch(call, authenticator)
    expect(touched.status).toBe(200)
    const until = Date.parse(touched.body.steppedUpUntil ?? '') - Date.now()
    expect(until).toBeGreaterThan(290_000)
    expect(until).toBeLessThanOrEqual(301_000)
    const renewed = cookieOf(touched.headers)
    expect(renewed).toMatch(/^keyroster=[\w-]{43}$/)
    expect(renewed).not.toBe(cookie)

    expect(await deed(call)).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
    expect((await deed(callWith(panel.app, renewed))).status).toBe(200)
    await letTouchesAge(panel)
    expect((await deed(callWith(panel.app, renewed))).status).toBe(403)
  })

  test('does not move the end of the twelve hours', async () => {
    const authenticator = await addTestPasskey(call)
    const ends = () =>
      panel.panel.database.pool
        .query('select expires_at from sessions order by created_at desc limit 1')
        .then(({ rows }) => rows[0].expires_at)
    const before = await ends()
    expect((await touch(call, authenticator)).status).toBe(200)
    expect(await ends()).toEqual(before)
  })

  test('asks for the passkeys of this very admin, and verifies the person', async () => {
    const authenticator = await addTestPasskey(call)
    const { body } = await call<WebauthnOptions>('POST', '/api/session/step-up/options')
    expect(body.options).toMatchObject({
      userVerification: 'required',
      allowCredentials: [{ id: authenticator.id }],
    })
  })

  test('is refused of another admin, an unverified person, another origin or challenge, and of an unknown key', async () => {
    const mine = await addTestPasskey(call)
    const other = await addTestPasskey((await addAdmin(panel, 'owner')).call)
    await letTouchesAge(panel)
    const refusals = [
      await touch(call, other),
      await touch(call, other, { userHandle: '' }),
      await touch(call, createAuthenticator()),
      await touch(call, mine, { userVerified: false }),
      await touch(call, mine, { origin: 'http://localhost:9999' }),
      await touch(call, mine, { challenge: 'AAAA' }),
    ]
    for (const refused of refusals) {
      expect(refused).toMatchObject({ status: 403, body: { code: 'passkey_refused' } })
      expect(refused.headers['set-cookie']).toBeUndefined()
    }
    expect((await deed(call)).status).toBe(403)
    expect((await touch(call, mine, { userHandle: '' })).status).toBe(200)
  })

  test('counts once: a challenge that is answered again, or was given to another, opens nothing', async () => {
    const authenticator = await addTestPasskey(call)
    const second = callWith(panel.app, (await addAdmin(panel, 'owner')).cookie)
    const { body } = await call<WebauthnOptions>('POST', '/api/session/step-up/options')
    const answer = () => ({ ceremony: body.ceremony, response: authenticator.get(body.options) })
    expect((await second('POST', '/api/session/step-up', answer())).status).toBe(403)
    const answers = await Promise.all(
      [answer(), answer()].map((body) => call('POST', '/api/session/step-up', body)),
    )
    // The other finds its challenge spent, or its session renewed already.
    expect(answers.map(({ status }) => status).sort()).toEqual([200, expect.toBeOneOf([401, 403])])
  })

  test('cannot be given by whoever has no passkey, who is told to add one', async () => {
    const refused = await call<Problem>('POST', '/api/session/step-up/options')
    expect(refused).toMatchObject({ status: 403, body: { code: 'passkey_refused' } })
    expect(refused.body.detail).toContain('Add one')
  })
})

describe('a session that was left alone', () => {
  test('adds the first passkey, but neither adds nor removes another without a fresh touch', async () => {
    await letTouchesAge(panel)
    const first = await addTestPasskey(call)
    const options = await call<Problem>('POST', '/api/passkeys/options')
    expect(options).toMatchObject({ status: 403, body: { code: 'step_up_needed' } })

    // The challenge of a touch is no way around: it is for a passkey that is there.
    const { body } = await call<WebauthnOptions>('POST', '/api/session/step-up/options')
    const thief = createAuthenticator()
    const response = thief.create({ ...body.options, user: { id: 'AA' } })
    const smuggled = await call('POST', '/api/passkeys', { ceremony: body.ceremony, name: 'K', response })
    expect(smuggled).toMatchObject({ status: 403, body: { code: 'step_up_needed' } })

    const [held] = (await call<{ items: Passkey[] }>('GET', '/api/passkeys')).body.items
    const removal = await call('DELETE', `/api/passkeys/${held?.id}`)
    expect(removal).toMatchObject({ status: 403, body: { code: 'step_up_needed' } })
    const renewed = callWith(panel.app, cookieOf((await touch(call, first)).headers))
    await addTestPasskey(renewed)
    expect((await renewed('DELETE', `/api/passkeys/${held?.id}`)).status).toBe(204)
  })

  test('changes its own name, but not the email', async () => {
    await letTouchesAge(panel)
    const edit = (body: unknown) => call<Session & Problem>('PATCH', '/api/session/profile', body)
    expect((await edit({ name: 'Megan Bowen' })).body).toMatchObject({ admin: { name: 'Megan Bowen' } })
    const refused = await edit({ name: 'Megan', email: 'MeganB@contoso.com' })
    expect(refused).toMatchObject({ status: 403, body: { code: 'step_up_needed' } })
    expect((await call<Session>('GET', '/api/session')).body.admin).toMatchObject({
      name: 'Megan Bowen',
      email: null,
    })
  })
})

test('a fresh touch lets one change the email, to one that nobody else here has', async () => {
  await addAdmin(panel, 'auditor', 'Lee Gu', 'LeeG@contoso.com')
  const edit = (body: unknown) => call<Session & Problem>('PATCH', '/api/session/profile', body)
  const taken = await edit({ email: 'leeg@CONTOSO.com' })
  expect(taken).toMatchObject({ status: 409, body: { code: 'already_admin', fields: [{ field: 'email' }] } })
  expect((await edit({ email: 'MeganB@contoso.com' })).body.admin.email).toBe('MeganB@contoso.com')
  expect(await edit({ email: 'x', role: 'owner' })).toMatchObject({ status: 400 })
})

test('a touch in the middle of a trip to Microsoft does not lose the trip', async () => {
  const test = await createConnectedPanel()
  try {
    const authenticator = await addTestPasskey(test.call)
    const { id } = await addConnection(test)
    const begun = await test.call<{ url: string }>('POST', `/api/connections/${id}/grant`, { returnTo: '/x' })
    const touched = await touch(test.call, authenticator)
    const callback = await visitMicrosoft(begun.body.url)
    expect(new URL(await comeBack(test, callback)).search).toBe('?problem=consent_expired')
    expect(await comeBack(test, callback, cookieOf(touched.headers))).toContain('/adminconsent?')
  } finally {
    await test[Symbol.asyncDispose]()
  }
})
