import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin, SignedInSession } from '@keyroster/api/admins.ts'
import type { Problem } from '@keyroster/api/problem.ts'
import { type Role, roles } from '@keyroster/api/roles.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callWith, createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { startSession } from './sessions.ts'
import { createSignInLink } from './sign-in-links.ts'
import { addAdmin, letTouchesAge } from './test-admins.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())
beforeEach(async () => {
  const { pool, db } = panel.panel.database
  await pool.query('delete from api_tokens')
  await pool.query('delete from sessions')
  await pool.query('delete from sign_in_links')
  await pool.query('delete from invitations')
  await pool.query('delete from admins where id <> $1', [panel.admin.id])
  await pool.query("update admins set role = 'owner', disabled_at = null")
  panel.cookie = `keyroster=${await startSession(db, panel.admin.id)}`
  panel.call = callWith(panel.app, panel.cookie)
})

const edit = (id: string, wish: unknown, call = panel.call) =>
  call<Admin & Problem>('PATCH', `/api/admins/${id}`, wish)
const audited = async () =>
  (
    await panel.panel.database.pool.query(
      "select action, target_id, detail from audit_events where action like 'admin.%' order by seq desc limit 1",
    )
  ).rows[0]

/** Sends both, and lets neither write before both are on their way to it. */
async function atTheSameMoment<T>(requests: (() => Promise<T>)[]): Promise<T[]> {
  const { pool } = panel.panel.database
  const holder = await pool.connect()
  await holder.query('begin')
  await holder.query('select from admins for update')
  const sent = requests.map((send) => send())
  const waiting = async () =>
    (
      await pool.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
    ).rowCount
  while ((await waiting()) !== requests.length) await sleep(10)
  await holder.query('rollback')
  holder.release()
  return Promise.all(sent)
}

describe('the people of a workspace', () => {
  test('are listed by name, with what they are and whether it is you', async () => {
    const adele = await addAdmin(panel, 'helpdesk', 'Adele Vance', 'AdeleV@contoso.com')
    const { body } = await panel.call<{ items: Admin[] }>('GET', '/api/admins')
    expect(body.items).toMatchObject([
      { id: adele.id, name: 'Adele Vance', email: 'AdeleV@contoso.com', role: 'helpdesk', self: false },
      { id: panel.admin.id, name: 'Operator', role: 'owner', passkeys: 0, microsoft: false, self: true },
    ])
    expect((await panel.call('GET', `/api/admins/${adele.id}`)).body).toEqual(body.items[0])
    expect((await panel.call('GET', `/api/admins/${crypto.randomUUID()}`)).status).toBe(404)
  })

  test('are edited by owners alone, and nobody else makes an owner', async () => {
    const other = await addAdmin(panel, 'helpdesk')
    for (const role of roles.filter((role) => role !== 'owner')) {
      const asker = await addAdmin(panel, role)
      for (const id of [other.id, asker.id]) {
        const refused = await edit(id, { role: 'owner' }, asker.call)
        expect(refused).toMatchObject({ status: 403, body: { code: 'not_allowed' } })
      }
    }
    expect((await edit(other.id, { role: 'auditor' })).body).toMatchObject({ role: 'auditor' })
    expect(await audited()).toEqual({
      action: 'admin.role-changed',
      target_id: other.id,
      detail: { from: 'helpdesk', to: 'auditor' },
    })
  })

  test('are edited only after a fresh touch of a passkey', async () => {
    const other = await addAdmin(panel, 'helpdesk')
    await letTouchesAge(panel)
    for (const wish of [{ role: 'owner' }, { disabled: true }, { name: 'Another' }]) {
      expect(await edit(other.id, wish)).toMatchObject({ status: 403, body: { code: 'step_up_needed' } })
    }
  })

  test('lose and get rights with their role at once, in the session they have', async () => {
    const { id, call } = await addAdmin(panel, 'admin')
    expect((await call('GET', '/api/connections')).status).toBe(200)
    await edit(id, { role: 'helpdesk' })
    expect((await call('GET', '/api/connections')).status).toBe(403)
  })
})

describe('the last owner', () => {
  test.each([{ role: 'admin' }, { disabled: true }])('cannot be %o', async (wish) => {
    await edit((await addAdmin(panel, 'owner', 'Disabled Owner')).id, { disabled: true })
    const refused = await edit(panel.admin.id, wish)
    expect(refused).toMatchObject({ status: 409, body: { code: 'last_owner' } })
    expect((await panel.call('GET', '/api/session')).status).toBe(200)
  })

  test('remains where two owners demote each other, or themselves, at the same moment', async () => {
    for (const [first, second] of [
      ['other', 'other'],
      ['self', 'self'],
    ]) {
      const other = await addAdmin(panel, 'owner')
      const answers = await atTheSameMoment([
        () => edit(first === 'self' ? panel.admin.id : other.id, { role: 'auditor' }),
        () => edit(second === 'self' ? other.id : panel.admin.id, { role: 'auditor' }, other.call),
      ])
      expect(answers.map(({ status }) => status)).toContain(200)
      const { rows } = await panel.panel.database.pool.query("select id from admins where role = 'owner'")
      expect(rows).toHaveLength(1)
      await panel.panel.database.pool.query("update admins set role = 'owner'")
    }
  })

  test('is no longer the last once there is another', async () => {
    await addAdmin(panel, 'owner')
    expect((await edit(panel.admin.id, { role: 'admin' })).status).toBe(200)
  })
})

describe('disabling somebody', () => {
  test('ends every session, token, link and invitation of theirs with the next request', async () => {
    const { db, pool } = panel.panel.database
    const other = await addAdmin(panel, 'owner', 'Alex Wilber')
    const second = callWith(panel.app, `keyroster=${await startSession(db, other.id)}`)
    const made = await other.call<{ secret: string }>('POST', '/api/tokens', {
      name: 'T',
      scopes: ['users.read'],
    })
    const withToken = () =>
      panel.app.inject({ url: '/api/users', headers: { authorization: `Bearer ${made.body.secret}` } })
    await other.call('POST', '/api/invitations', { name: 'Mole', email: 'm@contoso.com', role: 'owner' })
    const link = new URL(await createSignInLink(db, other.id, panel.panel.config.baseUrl))
    expect((await withToken()).statusCode).toBe(200)

    expect((await edit(other.id, { disabled: true })).body).toMatchObject({ disabledAt: expect.any(String) })
    expect((await other.call('GET', '/api/session')).status).toBe(401)
    expect((await second('GET', '/api/session')).status).toBe(401)
    expect((await withToken()).statusCode).toBe(401)
    const byLink = { token: link.hash.replace('#token=', '') }
    expect((await callWith(panel.app)('POST', '/api/session/link', byLink)).status).toBe(401)
    expect((await pool.query('select id from invitations')).rows).toEqual([])

    await edit(other.id, { disabled: false })
    expect((await other.call('GET', '/api/session')).status).toBe(401)
    expect((await withToken()).statusCode).toBe(401)
  })

  test('is told to them when they come back', async () => {
    const other = await addAdmin(panel, 'admin')
    await edit(other.id, { disabled: true })
    const { db } = panel.panel.database
    const link = new URL(await createSignInLink(db, other.id, panel.panel.config.baseUrl))
    const refused = await callWith(panel.app)<Problem>('POST', '/api/session/link', {
      token: link.hash.replace('#token=', ''),
    })
    expect(refused).toMatchObject({ status: 403, body: { code: 'admin_disabled' } })
    expect(refused.headers['set-cookie']).toBeUndefined()
  })

  test('cuts a stream that they read within seconds, as does taking the role or ending the session', async () => {
    const address = await panel.app.listen({ host: '127.0.0.1', port: 0 })
    const ends: ((id: string) => Promise<unknown>)[] = [
      (id) => edit(id, { disabled: true }),
      (id) => edit(id, { role: 'helpdesk' }),
      (id) => panel.panel.database.pool.query('delete from sessions where admin_id = $1', [id]),
    ]
    await Promise.all(
      ends.map(async (end) => {
        const reader = await addAdmin(panel, 'auditor')
        const stream = await fetch(`${address}/api/audit/events`, { headers: { cookie: reader.cookie } })
        expect(stream.status).toBe(200)
        const read = stream.text().then(
          () => 'ended',
          () => 'cut',
        )
        await end(reader.id)
        expect(await read).toMatch(/ended|cut/)
      }),
    )
  }, 10_000)
})

describe('sessions of others', () => {
  test('are seen and ended by owners alone', async () => {
    const reader = await addAdmin(panel, 'auditor', 'Lee Gu')
    const path = `/api/admins/${reader.id}/sessions`
    const { body } = await panel.call<{ items: SignedInSession[] }>('GET', path)
    expect(body.items).toMatchObject([{ admin: { name: 'Lee Gu' }, way: 'link', current: false }])
    const one = `${path}/${body.items[0]!.id}`
    for (const role of roles.filter((role): role is Exclude<Role, 'owner'> => role !== 'owner')) {
      const asker = await addAdmin(panel, role)
      expect((await asker.call('GET', path)).status).toBe(403)
      expect((await asker.call('DELETE', one)).status).toBe(403)
    }
    const elsewhere = `/api/admins/${panel.admin.id}/sessions/${body.items[0]!.id}`
    expect((await panel.call('DELETE', elsewhere)).status).toBe(404)
    expect((await panel.call('DELETE', one)).status).toBe(204)
    expect((await reader.call('GET', '/api/session')).status).toBe(401)
    expect((await panel.call('DELETE', one)).status).toBe(404)
  })
})
