import type { createdInvitation, Invitation } from '@keyroster/api/admins.ts'
import type { Problem } from '@keyroster/api/problem.ts'
import { roles } from '@keyroster/api/roles.ts'
import type { Session } from '@keyroster/api/session.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { callWith, createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { addAdmin, addTestPasskey, cookieOf, letTouchesAge } from './test-admins.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())
beforeEach(async () => {
  const { pool } = panel.panel.database
  await pool.query('delete from invitations')
  await pool.query('delete from admins where id <> $1', [panel.admin.id])
  await pool.query('update sessions set stepped_up_at = now()')
})

type Created = z.infer<typeof createdInvitation>
const adele = { name: 'Adele Vance', email: 'AdeleV@contoso.com', role: 'helpdesk' }

const invite = (body: unknown = adele, call = panel.call) =>
  call<Created & Problem>('POST', '/api/invitations', body)
const tokenOf = (link: string) => new URL(link).hash.replace('#token=', '')
const invited = async (body?: unknown) => tokenOf((await invite(body)).body.link)
const look = (token: string) => callWith(panel.app)('POST', '/api/session/invitation/look', { token })
const take = (token: string, cookie?: string) =>
  callWith(panel.app, cookie)<Session & Problem>('POST', '/api/session/invitation', { token })

describe('inviting', () => {
  test('makes a link for one email and role, good for 24 hours, of which only the hash is kept', async () => {
    const { status, body } = await invite()
    expect(status).toBe(201)
    expect(body.invitation).toMatchObject({ ...adele, invitedBy: 'Operator' })
    expect(body.link).toMatch(/^http:\/\/localhost:8080\/invitation#token=[\w-]{43}$/)
    expect((await panel.call('GET', '/api/invitations')).body).toEqual({ items: [body.invitation] })
    const { rows } = await panel.panel.database.pool.query(
      `select i::text as row, expires_at - created_at = interval '24 hours' as day from invitations i`,
    )
    expect(rows).toMatchObject([{ day: true }])
    for (const secret of [tokenOf(body.link), Buffer.from(tokenOf(body.link)).toString('hex')]) {
      expect(rows[0].row).not.toContain(secret)
    }
  })

  test('is for owners with a fresh touch of a passkey', async () => {
    for (const role of roles.filter((role) => role !== 'owner')) {
      const asker = await addAdmin(panel, role)
      expect(await invite(adele, asker.call)).toMatchObject({ status: 403, body: { code: 'not_allowed' } })
    }
    await letTouchesAge(panel)
    expect(await invite()).toMatchObject({ status: 403, body: { code: 'step_up_needed' } })
  })

  test('takes no field but name, email and role', async () => {
    const refused = await invite({ ...adele, workspaceId: crypto.randomUUID() })
    expect(refused).toMatchObject({ status: 400, body: { code: 'bad_request' } })
  })

  test('again replaces the open invitation, however the email is written', async () => {
    const first = await invited()
    const second = await invited({ ...adele, email: 'adelev@CONTOSO.com', role: 'auditor' })
    expect((await look(first)).status).toBe(401)
    expect((await look(second)).body).toMatchObject({ role: 'auditor' })
    expect((await panel.call<{ items: Invitation[] }>('GET', '/api/invitations')).body.items).toHaveLength(1)
  })

  test('refuses the email of somebody who is there, disabled or not', async () => {
    const { id } = await addAdmin(panel, 'admin', 'Adele Vance', 'adelev@contoso.com')
    expect(await invite()).toMatchObject({ status: 409, body: { code: 'already_admin' } })
    await panel.call('PATCH', `/api/admins/${id}`, { disabled: true })
    expect(await invite()).toMatchObject({ status: 409, body: { code: 'already_admin' } })
  })
})

describe('an invitation', () => {
  test('says what it offers, makes the admin, signs them in, and lets them add a passkey', async () => {
    const token = await invited()
    expect((await look(token)).body).toEqual({ workspace: 'Keyroster', ...adele })
    const taken = await take(token)
    expect(taken).toMatchObject({
      status: 200,
      body: { admin: { name: adele.name, email: adele.email, role: 'helpdesk' }, passkeys: 0 },
    })
    const call = callWith(panel.app, cookieOf(taken.headers))
    await addTestPasskey(call)
    expect((await call<Session>('GET', '/api/session')).body.passkeys).toBe(1)
    expect((await call('GET', '/api/sessions')).body).toMatchObject({ items: [{ way: 'invitation' }] })
    expect((await panel.call('GET', '/api/invitations')).body).toEqual({ items: [] })
    const { rows } = await panel.panel.database.pool.query(
      "select actor_name, action from audit_events where actor_name = 'Adele Vance' order by seq desc limit 3",
    )
    expect(rows.map(({ action }) => action)).toEqual(['passkey.added', 'session.started', 'admin.joined'])
  })

  test('is good once: of two at the same moment, one gets in, and one admin is made', async () => {
    const token = await invited()
    const answers = await Promise.all([take(token), take(token), take(token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
    const { rows } = await panel.panel.database.pool.query(
      "select id from admins where email_folded = 'adelev@contoso.com'",
    )
    expect(rows).toHaveLength(1)
    expect(await take(token)).toMatchObject({ status: 401, body: { code: 'link_spent' } })
  })

  test('opens nothing once it is older than a day, was taken back, or never was', async () => {
    const late = await invited()
    await panel.panel.database.pool.query("update invitations set expires_at = now() - interval '1 second'")
    const { body } = await invite({ ...adele, email: 'other@contoso.com' })
    const path = `/api/invitations/${body.invitation.id}`
    expect((await panel.call('DELETE', path)).status).toBe(204)
    expect((await panel.call('DELETE', path)).status).toBe(404)
    for (const token of [late, tokenOf(body.link), 'A'.repeat(43)]) {
      expect(await look(token)).toMatchObject({ status: 401, body: { code: 'link_spent' } })
      expect(await take(token)).toMatchObject({ status: 401, body: { code: 'link_spent' } })
    }
  })

  test('is refused, and stays open, where somebody has its email by now', async () => {
    const token = await invited()
    const { id } = await addAdmin(panel, 'admin', 'Adele Vance', 'AdeleV@contoso.com')
    expect(await take(token)).toMatchObject({ status: 409, body: { code: 'already_admin' } })
    await panel.panel.database.pool.query('delete from admins where id = $1', [id])
    expect((await take(token)).status).toBe(200)
  })

  test('signs out whoever was signed in in this browser', async () => {
    const former = await addAdmin(panel, 'auditor')
    await take(await invited(), former.cookie)
    expect((await former.call('GET', '/api/session')).status).toBe(401)
  })

  test('goes with the right of whoever made it to invite', async () => {
    const inviter = await addAdmin(panel, 'owner', 'Alex Wilber')
    const token = tokenOf((await invite(adele, inviter.call)).body.link)
    await panel.call('PATCH', `/api/admins/${inviter.id}`, { role: 'admin' })
    expect((await take(token)).status).toBe(401)
  })
})
