import type { Problem } from '@keyroster/api/problem.ts'
import type { Passkey, Session, WebauthnOptions } from '@keyroster/api/session.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callWith, createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { createAuthenticator, type Misbehaviour } from './test-authenticator.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())
beforeEach(() => panel.panel.database.pool.query('delete from passkeys'))

type Authenticator = ReturnType<typeof createAuthenticator>

const options = async (path: string) => (await panel.call<WebauthnOptions>('POST', path)).body

async function add(authenticator: Authenticator, name = 'Laptop', wrong?: Misbehaviour) {
  const { ceremony, options: asked } = await options('/api/passkeys/options')
  const response = authenticator.create(asked, wrong)
  return panel.call<Passkey & Problem>('POST', '/api/passkeys', { ceremony, name, response })
}

async function signIn(authenticator: Authenticator, wrong?: Misbehaviour) {
  const { ceremony, options: asked } = await options('/api/session/passkey/options')
  const response = authenticator.get(asked, wrong)
  return callWith(panel.app)<Session & Problem>('POST', '/api/session/passkey', { ceremony, response })
}

describe('adding a passkey', () => {
  test('keeps it under its name, and asks for one that knows its admin and verifies the person', async () => {
    const asked = await options('/api/passkeys/options')
    expect(asked.options).toMatchObject({
      rp: { id: 'localhost', name: 'Keyroster' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    const added = await add(createAuthenticator(), 'Blue key')
    expect(added).toMatchObject({
      status: 201,
      body: { name: 'Blue key', model: null, lastUsedAt: null, backedUp: false },
    })
    const list = await panel.call('GET', '/api/passkeys')
    expect(list.body).toEqual({ items: [added.body] })
  })

  test('keeps several, each with the model that it says it is, where that is well known', async () => {
    for (const [name, aaguid] of [
      ['Key', '2fc0579f-8113-47ea-b116-bb5a8db9202a'],
      ['Laptop', '08987058-cadc-4b81-b6e1-30de50dcbe96'],
      ['Other', 'f0f0f0f0-f0f0-f0f0-f0f0-f0f0f0f0f0f0'],
    ] as const) {
      await add(createAuthenticator(undefined, aaguid), name)
    }
    const list = await panel.call<{ items: Passkey[] }>('GET', '/api/passkeys')
    expect(list.body.items.map(({ name, model }) => [name, model])).toEqual([
      ['Key', 'YubiKey 5 Series with NFC'],
      ['Laptop', 'Windows Hello'],
      ['Other', null],
    ])
  })

  test('does not offer to make a second one on an authenticator that has one already', async () => {
    const authenticator = createAuthenticator()
    await add(authenticator)
    const asked = await options('/api/passkeys/options')
    expect(asked.options.excludeCredentials).toMatchObject([{ id: authenticator.id }])
    const again = await add(authenticator)
    expect(again).toMatchObject({ status: 403, body: { code: 'passkey_refused' } })
  })

  test('refuses another origin, another challenge, and a person who was not verified', async () => {
    const wrongs: Misbehaviour[] = [
      { origin: 'http://localhost:9999' },
      { challenge: 'AAAA' },
      { userVerified: false },
    ]
    for (const wrong of wrongs) {
      const refused = await add(createAuthenticator(), 'Key', wrong)
      expect(refused).toMatchObject({ status: 403, body: { code: 'passkey_refused' } })
    }
    expect((await panel.call('GET', '/api/passkeys')).body).toEqual({ items: [] })
  })

  test('refuses an answer without content, and says which field a form must mend', async () => {
    const { ceremony } = await options('/api/passkeys/options')
    const response = { id: 'a', rawId: 'a', type: 'public-key' }
    const empty = await panel.call('POST', '/api/passkeys', { ceremony, name: 'Key', response })
    expect(empty).toMatchObject({ status: 403, body: { code: 'passkey_refused' } })
    const unnamed = await panel.call('POST', '/api/passkeys', { ceremony, name: ' ', response })
    expect(unnamed).toMatchObject({ status: 400, body: { code: 'bad_request', fields: [{ field: 'name' }] } })
  })

  test('takes one answer per challenge, right or wrong', async () => {
    const { ceremony, options: asked } = await options('/api/passkeys/options')
    const wrong = createAuthenticator().create(asked, { challenge: 'AAAA' })
    const right = createAuthenticator().create(asked)
    const first = await panel.call('POST', '/api/passkeys', { ceremony, name: 'Key', response: wrong })
    const second = await panel.call('POST', '/api/passkeys', { ceremony, name: 'Key', response: right })
    expect([first.status, second.status]).toEqual([403, 403])
  })

  test('refuses a challenge that is older than five minutes or was given for signing in', async () => {
    const authenticator = createAuthenticator()
    const old = await options('/api/passkeys/options')
    await panel.panel.database.pool.query(
      "update passkey_ceremonies set expires_at = now() - interval '1 second'",
    )
    const foreign = await options('/api/session/passkey/options')
    for (const { ceremony, options: asked } of [old, foreign]) {
      const response = authenticator.create({ ...asked, user: { id: 'AA' } })
      const refused = await panel.call('POST', '/api/passkeys', { ceremony, name: 'Key', response })
      expect(refused).toMatchObject({ status: 403, body: { code: 'passkey_refused' } })
    }
  })
})

describe('signing in by passkey', () => {
  test('needs no name: the passkey says whose it is, and opens a session of its own', async () => {
    const authenticator = createAuthenticator()
    await add(authenticator)
    const asked = await options('/api/session/passkey/options')
    expect(asked.options).toMatchObject({ userVerification: 'required' })
    expect(asked.options.allowCredentials ?? []).toEqual([])
    const signedIn = await signIn(authenticator)
    expect(signedIn).toMatchObject({ status: 200, body: { admin: { id: panel.admin.id }, passkeys: 1 } })
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0]!
    expect(cookie).not.toBe(panel.cookie)
    expect((await callWith(panel.app, cookie)('GET', '/api/session')).status).toBe(200)
    const list = await panel.call<{ items: Passkey[] }>('GET', '/api/passkeys')
    expect(list.body.items[0]?.lastUsedAt).not.toBeNull()
  })

  test('refuses an unknown passkey, another origin, an unverified person, and a handle of another admin', async () => {
    const authenticator = createAuthenticator()
    await add(authenticator)
    const wrongs: Misbehaviour[] = [
      { origin: 'https://localhost:8080' },
      { userVerified: false },
      { challenge: 'AAAA' },
      { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' },
    ]
    const refusals = [await signIn(createAuthenticator())]
    for (const wrong of wrongs) refusals.push(await signIn(authenticator, wrong))
    for (const refused of refusals) {
      expect(refused).toMatchObject({ status: 403, body: { code: 'passkey_refused' } })
      expect(refused.headers['set-cookie']).toBeUndefined()
    }
    expect((await signIn(authenticator)).status).toBe(200)
  })

  test('refuses a counter that did not rise, as a copied key would show', async () => {
    const authenticator = createAuthenticator()
    await add(authenticator)
    expect((await signIn(authenticator, { counter: 7 })).status).toBe(200)
    expect((await signIn(authenticator, { counter: 7 })).status).toBe(403)
    expect((await signIn(authenticator, { counter: 8 })).status).toBe(200)
  })

  test('refuses the same answer sent twice', async () => {
    const authenticator = createAuthenticator()
    await add(authenticator)
    const { ceremony, options: asked } = await options('/api/session/passkey/options')
    const body = { ceremony, response: authenticator.get(asked) }
    const call = callWith(panel.app)
    const answers = await Promise.all([
      call('POST', '/api/session/passkey', body),
      call('POST', '/api/session/passkey', body),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403])
  })
})

describe('removing a passkey', () => {
  test('leaves at least one, even where two are removed at once', async () => {
    const ids = [await add(createAuthenticator(), 'One'), await add(createAuthenticator(), 'Two')].map(
      ({ body }) => body.id,
    )
    const removed = await Promise.all(ids.map((id) => panel.call<Problem>('DELETE', `/api/passkeys/${id}`)))
    expect(removed.map(({ status }) => status).sort()).toEqual([204, 409])
    expect(removed.find(({ status }) => status === 409)?.body.code).toBe('last_passkey')
  })

  test('finds neither an unknown one nor one of another admin', async () => {
    await add(createAuthenticator())
    const { db } = panel.panel.database
    const other = await db
      .insertInto('admins')
      .values({ workspace_id: panel.admin.workspaceId, name: 'Alex Wilber', role: 'owner' })
      .returning('id')
      .executeTakeFirstOrThrow()
    const foreign = await db
      .insertInto('passkeys')
      .values({
        workspace_id: panel.admin.workspaceId,
        admin_id: other.id,
        credential_id: 'foreign',
        public_key: Buffer.of(1),
        counter: 0,
        name: 'Not yours',
        backed_up: false,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    for (const id of [foreign.id, '00000000-0000-4000-8000-000000000000', 'none']) {
      expect((await panel.call('DELETE', `/api/passkeys/${id}`)).status).toBe(404)
    }
    expect((await panel.call<{ items: Passkey[] }>('GET', '/api/passkeys')).body.items).toHaveLength(1)
  })
})
