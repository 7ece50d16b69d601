import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startSession } from '../admins/sessions.ts'
import { createSignInLink } from '../admins/sign-in-links.ts'
import { unguarded } from '../audit/test-audit.ts'
import { verifyAudit } from '../audit/verify.ts'
import { createApp } from './app.ts'
import { callWith, createTestPanel, type TestPanel } from './test-panel.ts'
import type { App } from './types.ts'

let panel: TestPanel
/** A server of its own for each test: what it counts is told when it closes. */
let app: App
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())
beforeEach(async () => {
  await query(unguarded('truncate audit_events, audit_heads'))
  app = await createApp(panel.panel)
  return () => app.close()
})

const query = (text: string) => panel.panel.database.pool.query(text)
const recorded = async () => (await query('select * from audit_events order by seq')).rows
const anybody = () => callWith(app)

async function signedIn(role: string) {
  const { rows } = await query(
    `insert into admins (workspace_id, name, role) values ('${panel.admin.workspaceId}', 'Lee Gu', '${role}') returning id`,
  )
  const id: string = rows[0].id
  const token = await startSession(panel.panel.database.db, id)
  return { id, call: callWith(app, `keyroster=${token}`) }
}

/** Knocks at the sign-in with a link that never was, from this address. */
const knock = (remoteAddress = '192.0.2.7') =>
  app.inject({
    method: 'POST',
    url: '/api/session/link',
    remoteAddress,
    headers: { 'x-keyroster': '1', 'content-type': 'application/json' },
    payload: JSON.stringify({ token: 'A'.repeat(43) }),
  })

describe('a refused sign-in is recorded', () => {
  test('by a link that never was: nobody knows whose', async () => {
    expect((await knock()).statusCode).toBe(401)
    expect(await recorded()).toMatchObject([
      {
        workspace_id: panel.admin.workspaceId,
        actor_id: null,
        actor_name: 'Somebody',
        action: 'session.refused',
        outcome: 'refused',
        target_id: null,
        detail: { code: 'link_spent', method: 'POST', route: '/api/session/link' },
        address: '192.0.2.7',
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ])
  })

  test('by a spent link, with whose it was, and the answer does not tell', async () => {
    const link = await createSignInLink(panel.panel.database.db, panel.admin.id, 'http://localhost:8080')
    const token = new URL(link).hash.replace('#token=', '')
    await anybody()('POST', '/api/session/link', { token })
    const refused = await anybody()('POST', '/api/session/link', { token })
    expect(JSON.stringify(refused.body)).not.toContain(panel.admin.id)
    expect(await recorded()).toMatchObject([
      { action: 'sign-in-link.created', actor_name: 'Console', target_id: panel.admin.id },
      { action: 'session.started', actor_id: panel.admin.id, detail: { way: 'link' } },
      { action: 'session.refused', actor_id: null, target_kind: 'admin', target_id: panel.admin.id },
    ])
  })

  test('by a passkey', async () => {
    const response = { id: 'x', rawId: 'x', type: 'public-key' }
    await anybody()('POST', '/api/session/passkey', { ceremony: crypto.randomUUID(), response })
    expect(await recorded()).toMatchObject([
      { action: 'session.refused', outcome: 'refused', detail: { code: 'passkey_refused' } },
    ])
  })

  test('because there were too many', async () => {
    for (let knocks = 0; knocks < 70; knocks++) await knock()
    expect((await knock()).statusCode).toBe(429)
    expect((await recorded()).map(({ action, detail }) => [action, detail.code])).toEqual([
      ['session.refused', 'link_spent'],
      ['session.refused', 'too_many_requests'],
    ])
  })
})

describe('a refused request is recorded', () => {
  test('with who asked for what they may not, and nothing of it happens', async () => {
    const helpdesk = await signedIn('helpdesk')
    const answer = await helpdesk.call('POST', '/api/users', { displayName: 'Adele Vance' })
    expect(answer.status).toBe(403)
    expect(await recorded()).toMatchObject([
      {
        actor_id: helpdesk.id,
        actor_name: 'Lee Gu',
        action: 'request.refused',
        outcome: 'refused',
        detail: { code: 'not_allowed', method: 'POST', route: '/api/users' },
        address: '127.0.0.1',
      },
    ])
    expect((await query('select from users')).rowCount).toBe(0)
  })

  test('where somebody reads what they may not', async () => {
    const helpdesk = await signedIn('helpdesk')
    await helpdesk.call('GET', '/api/audit')
    expect(await recorded()).toMatchObject([{ actor_id: helpdesk.id, detail: { route: '/api/audit' } }])
  })

  test('where a dangerous deed lacks a fresh touch of a passkey', async () => {
    const owner = await signedIn('owner')
    await query("update sessions set stepped_up_at = now() - interval '6 minutes'")
    await owner.call('PUT', '/api/audit/retention', { days: 90 })
    expect(await recorded()).toMatchObject([{ actor_id: owner.id, detail: { code: 'step_up_needed' } }])
  })

  test('where it comes from another site, or brings no header of ours', async () => {
    const send = (headers: Record<string, string>) =>
      app.inject({ method: 'DELETE', url: '/api/session', headers: { cookie: panel.cookie, ...headers } })
    await send({ origin: 'https://evil.example', 'x-keyroster': '1' })
    expect(await recorded()).toMatchObject([{ outcome: 'refused', detail: { code: 'cross_site_refused' } }])
  })

  test('where a change is asked for without a session, but not where a page asks on after it ended', async () => {
    await anybody()('GET', '/api/users')
    expect(await recorded()).toEqual([])
    await anybody()('POST', '/api/users', { displayName: 'Adele Vance' })
    expect(await recorded()).toMatchObject([{ actor_id: null, detail: { code: 'not_signed_in' } }])
  })

  test('but not where it was only mistaken', async () => {
    await panel.call('POST', '/api/users', { nonsense: true })
    await callWith(app, panel.cookie)('GET', `/api/users/${crypto.randomUUID()}`)
    await anybody()('POST', '/api/nothing-here\r\n', {})
    expect(await recorded()).toEqual([])
  })

  test('and is answered as a refusal also where it cannot be recorded', async () => {
    await query('alter table audit_events rename to audit_events_away')
    const { status } = await anybody()('POST', '/api/users', {})
    await query('alter table audit_events_away rename to audit_events')
    expect(status).toBe(401)
  })
})

describe('who is refused again and again', () => {
  test('makes one event at once and one that counts the others when the minute is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      for (let knocks = 0; knocks < 20; knocks++) await knock()
      expect(await recorded()).toHaveLength(1)
      await vi.advanceTimersByTimeAsync(60_000)
      await vi.waitFor(async () => expect(await recorded()).toHaveLength(2))
      expect((await recorded()).map(({ detail }) => detail.times)).toEqual([undefined, 19])
      await knock()
      expect(await recorded()).toHaveLength(3)
    } finally {
      vi.useRealTimers()
    }
  })

  test('is counted also where the server closes before that', async () => {
    for (let knocks = 0; knocks < 5; knocks++) await knock()
    await app.close()
    expect((await recorded()).at(-1)).toMatchObject({
      action: 'session.refused',
      address: '192.0.2.7',
      detail: { code: 'link_spent', times: 4 },
    })
  })

  test('is told apart by address, by who they are and by what they asked for', async () => {
    const [one, other] = [await signedIn('helpdesk'), await signedIn('auditor')]
    await knock('192.0.2.1')
    await knock('192.0.2.2')
    for (const { call } of [one, one, other, other]) {
      await call('POST', '/api/users', { displayName: 'Adele Vance' })
      await call('POST', '/api/connections', {})
    }
    expect(await recorded()).toHaveLength(6)
  })

  test('cannot fill the log from many addresses: beyond a hundred kinds they are counted together', async () => {
    for (let n = 0; n < 150; n++) await knock(`198.51.100.${n}`)
    const { length } = await recorded()
    expect(length).toBe(101)
    await app.close()
    const events = await recorded()
    expect(events).toHaveLength(102)
    expect(events.slice(-2)).toMatchObject([
      { action: 'request.refused', address: null, detail: { code: 'various' } },
      { action: 'request.refused', address: null, detail: { code: 'various', times: 49 } },
    ])
    expect(await verifyAudit(panel.panel.database.db, panel.admin.workspaceId)).toMatchObject({
      broken: null,
    })
  })
})
