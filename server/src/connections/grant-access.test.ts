import type { Connection } from '@keyroster/api/connections.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSession } from '../admins/sessions.ts'
import { type Visit, visitMicrosoft } from './test-browser.ts'
import {
  addConnection,
  type ConnectedPanel,
  comeBack,
  createConnectedPanel,
  grant,
} from './test-connection.ts'

describe('granting access', () => {
  let test: ConnectedPanel
  beforeAll(async () => {
    test = await createConnectedPanel()
  })
  afterAll(async () => test[Symbol.asyncDispose]())
  beforeEach(() => test.startOver({ otherTenants: true }))

  const read = async (id: string) => (await test.call<Connection>('GET', `/api/connections/${id}`)).body
  const outcomeOf = async (id: string, visit?: Visit) => Object.fromEntries(await grant(test, id, visit))

  /** Where Microsoft sends the browser after the sign-in, and after the consent page. */
  const begin = async (id: string, returnTo = '/imports/new') => {
    const { body } = await test.call<{ url: string }>('POST', `/api/connections/${id}/grant`, { returnTo })
    return body.url
  }
  const callbackOfSignIn = async (id: string) => visitMicrosoft(await begin(id))
  const callbackOfConsent = async (id: string, visit?: Visit) =>
    visitMicrosoft(await comeBack(test, await callbackOfSignIn(id)), visit)

  it('signs the admin in, asks for consent, and comes back connected', async () => {
    const { id } = await addConnection(test)
    expect(await outcomeOf(id)).toEqual({ connection: id, granted: 'yes' })
    expect(await read(id)).toMatchObject({
      state: 'connected',
      tenantId: test.emulator.tenant.id,
      tenantName: test.emulator.tenant.displayName,
      verifiedDomains: test.emulator.tenant.verifiedDomains.map(({ name }) => name.toLowerCase()),
      lastCheck: { healthy: true },
    })
  })

  const events = async () =>
    (await test.panel.database.pool.query('select * from audit_events order by seq')).rows

  it('is recorded from its first step to its last, with who, from where and in which request', async () => {
    const { id } = await addConnection(test)
    await outcomeOf(id)
    expect(await events()).toMatchObject(
      ['connection.created', 'connection.grant-begun', 'connection.granted'].map((action) => ({
        action,
        outcome: 'done',
        actor_id: test.admin.id,
        target_id: id,
        address: '127.0.0.1',
        request_id: expect.any(String),
      })),
    )
  })

  it('is recorded too where Microsoft refuses, and where the way back is gone twice', async () => {
    const { id } = await addConnection(test)
    const back = await callbackOfConsent(id, { decision: 'cancel' })
    await comeBack(test, back)
    await comeBack(test, back)
    expect((await events()).slice(-2)).toMatchObject(
      ['consent_declined', 'consent_expired'].map((code) => ({
        action: 'connection.grant-refused',
        outcome: 'refused',
        actor_id: test.admin.id,
        target_id: id,
        detail: { code, step: 'consent' },
        address: '127.0.0.1',
        request_id: expect.any(String),
      })),
    )
  })

  it('finds the tenant id of a domain that was typed', async () => {
    const domain = test.emulator.tenant.verifiedDomains[0]!.name
    const { id } = await addConnection(test, { tenant: domain.toUpperCase() })
    expect(await outcomeOf(id)).toEqual({ connection: id, granted: 'yes' })
    expect(await read(id)).toMatchObject({ tenant: domain.toLowerCase(), tenantId: test.emulator.tenant.id })
  })

  it('skips the consent page where the app has all it needs already', async () => {
    test.emulator.grant()
    const { id } = await addConnection(test)
    const back = new URL(await comeBack(test, await callbackOfSignIn(id)))
    expect(back.origin).toBe(test.panel.config.baseUrl)
    expect(back.searchParams.get('granted')).toBe('yes')
  })

  it('asks for a permission again that the app has lost', async () => {
    const { id } = await addConnection(test)
    await grant(test, id)
    test.emulator.revoke(['GroupMember.Read.All'])
    const consent = await comeBack(test, await callbackOfSignIn(id))
    expect(new URL(consent).pathname).toBe(`/${test.emulator.tenant.id}/v2.0/adminconsent`)
    await comeBack(test, await visitMicrosoft(consent))
    expect(await read(id)).toMatchObject({ state: 'connected' })
  })

  it('says that access was declined, at the sign-in and at the consent page', async () => {
    const { id } = await addConnection(test)
    expect(await outcomeOf(id, { decision: 'cancel' })).toEqual({
      connection: id,
      problem: 'consent_declined',
    })
    const declined = await comeBack(test, await callbackOfConsent(id, { decision: 'cancel' }))
    expect(new URL(declined).searchParams.get('problem')).toBe('consent_declined')
    expect(await read(id)).toMatchObject({ state: 'draft', tenantId: null })
  })

  it('says that an admin is needed where somebody else tries', async () => {
    const { id } = await addConnection(test)
    expect(await outcomeOf(id, { account: 'Adele' })).toEqual({
      connection: id,
      problem: 'consent_needs_admin',
    })
  })

  it('refuses a return that names another tenant', async () => {
    const { id } = await addConnection(test)
    const forged = new URL(await callbackOfConsent(id))
    forged.searchParams.set('tenant', test.emulator.world.tenants[1]!.id)
    expect(new URL(await comeBack(test, forged.href)).searchParams.get('problem')).toBe('tenant_mismatch')
    expect(await read(id)).toMatchObject({ tenantId: null })
  })

  it('believes no return that claims a consent nobody gave', async () => {
    const { id } = await addConnection(test)
    const consent = new URL(await comeBack(test, await callbackOfSignIn(id)))
    const forged = new URL('/api/entra/callback?admin_consent=True', test.panel.config.baseUrl)
    forged.searchParams.set('tenant', test.emulator.tenant.id)
    forged.searchParams.set('state', consent.searchParams.get('state')!)
    expect(new URL(await comeBack(test, forged.href)).searchParams.get('problem')).toBe('permission_missing')
    expect(await read(id)).toMatchObject({ state: 'needs-attention', lastCheck: { healthy: false } })
  })

  it('refuses a code that was issued for another tenant', async () => {
    const other = test.emulator.world.tenants[1]!
    const { id } = await addConnection(test)
    const { id: elsewhere } = await addConnection(test, { tenant: other.id })
    const callback = new URL(await callbackOfSignIn(id))
    const foreign = new URL(
      await visitMicrosoft(await begin(elsewhere), { account: 'Fabrikam Administrator' }),
    )
    callback.searchParams.set('code', foreign.searchParams.get('code')!)
    expect(new URL(await comeBack(test, callback.href)).searchParams.get('problem')).toBe('sign_in_failed')
    expect(await read(id)).toMatchObject({ tenantId: null })
  })

  it('spends a state once', async () => {
    const { id } = await addConnection(test)
    const callback = await callbackOfConsent(id)
    await comeBack(test, callback)
    const replayed = new URL(await comeBack(test, callback))
    expect(Object.fromEntries(replayed.searchParams)).toEqual({ connection: id, problem: 'consent_expired' })
  })

  it('refuses the state of another session without spending it, and tells nothing about it', async () => {
    const { id } = await addConnection(test)
    const callback = await callbackOfSignIn(id)
    const otherSession = `keyroster=${await startSession(test.panel.database.db, test.admin.id)}`
    for (const cookie of [otherSession, '']) {
      const away = new URL(await comeBack(test, callback, cookie))
      expect(away.pathname + away.search).toBe('/connections?problem=consent_expired')
    }
    expect(new URL(await comeBack(test, callback)).pathname).toMatch(/adminconsent$/)
  })

  it('refuses a trip of more than ten minutes', async () => {
    const { id } = await addConnection(test)
    const callback = await callbackOfSignIn(id)
    await sql`update consent_trips set expires_at = now()`.execute(test.panel.database.db)
    const late = new URL(await comeBack(test, callback))
    expect(late.pathname).toBe('/imports/new')
    expect(late.searchParams.get('problem')).toBe('consent_expired')
  })

  it('connects a tenant once', async () => {
    const { id: first } = await addConnection(test)
    const { id: second } = await addConnection(test, {
      tenant: test.emulator.tenant.verifiedDomains[0]!.name,
    })
    await grant(test, first)
    expect(await outcomeOf(second)).toEqual({ connection: second, problem: 'connection_already_exists' })
    const third = await test.call('POST', '/api/connections', {
      tenant: test.emulator.tenant.id,
      clientId: test.emulator.app.clientId,
      credential: { kind: 'certificate' },
    })
    expect(third).toMatchObject({
      status: 409,
      body: { code: 'connection_already_exists', link: `/connections/${first}` },
    })
  })

  it('stays on the panel, whatever path was asked for', async () => {
    test.emulator.grant()
    const { id } = await addConnection(test)
    for (const returnTo of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/%09//evil.example',
    ]) {
      const refused = await test.call('POST', `/api/connections/${id}/grant`, { returnTo })
      expect(refused).toMatchObject({
        status: 400,
        body: { code: 'bad_request', fields: [{ field: 'returnTo' }] },
      })
    }
    const callback = await visitMicrosoft(await begin(id))
    await test.panel.database.pool.query("update consent_trips set return_to = '/..//evil.example/x'")
    expect(new URL(await comeBack(test, callback)).origin).toBe(test.panel.config.baseUrl)
  })

  it('says at once that a tenant does not exist, and keeps the sentence', async () => {
    const { id } = await addConnection(test, { tenant: 'nowhere.example' })
    const refused = await test.call('POST', `/api/connections/${id}/grant`, { returnTo: '/imports/new' })
    expect(refused).toMatchObject({ status: 422, body: { code: 'tenant_not_found' } })
    const [signIn] = (await read(id)).lastCheck?.rows ?? []
    expect(signIn).toMatchObject({ subject: 'sign-in', works: false, code: 'tenant_not_found' })
  })

  it.each([
    ['a wrong secret', 'secret_wrong', { kind: 'secret', secret: 'no-such-secret' }],
    ['a certificate that was not uploaded', 'certificate_not_registered', { kind: 'certificate' }],
  ])('comes back with the problem of %s', async (_what, problem, credential) => {
    const { id } = await addConnection(test, { credential })
    expect(await outcomeOf(id)).toEqual({ connection: id, problem })
    expect((await read(id)).lastCheck?.rows[0]).toMatchObject({ code: problem, works: false })
  })

  it('says that the app is unknown', async () => {
    const { id } = await addConnection(test)
    const callback = await callbackOfSignIn(id)
    test.emulator.world.apps.length = 0
    expect(new URL(await comeBack(test, callback)).searchParams.get('problem')).toBe('app_not_found')
  })
})
