import type { SignedInSession } from '@keyroster/api/admins.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callWith, createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { createSignInLink } from './sign-in-links.ts'
import { addAdmin, cookieOf } from './test-admins.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())

/** Signs the operator in anew, as a browser of this name. */
async function signIn(userAgent: string) {
  const { database, config } = panel.panel
  const link = new URL(await createSignInLink(database.db, panel.admin.id, config.baseUrl))
  const answer = await panel.app.inject({
    method: 'POST',
    url: '/api/session/link',
    headers: { 'x-keyroster': '1', 'user-agent': userAgent },
    payload: { token: link.hash.replace('#token=', '') },
  })
  return callWith(panel.app, cookieOf(answer.headers))
}
const list = async (call: TestPanel['call']) =>
  (await call<{ items: SignedInSession[] }>('GET', '/api/sessions')).body.items

test('one’s own sessions are listed with how, where and when they began, and which one asks', async () => {
  const call = await signIn('A browser\u2003'.padEnd(5000, 'x'))
  const [current, ...others] = await list(call)
  expect(current).toMatchObject({
    admin: { id: panel.admin.id, name: 'Operator' },
    way: 'link',
    address: '127.0.0.1',
    userAgent: expect.stringMatching(/^A browser.{1,400}$/),
    current: true,
  })
  expect(others.every((session) => !session.current)).toBe(true)
  expect(Object.keys(current ?? {}).sort()).toEqual([
    'address',
    'admin',
    'createdAt',
    'current',
    'expiresAt',
    'id',
    'lastSeenAt',
    'userAgent',
    'way',
  ])
})

test('one of one’s own sessions is ended, and nobody else’s', async () => {
  const [here, there] = [await signIn('here'), await signIn('there')]
  const other = await addAdmin(panel, 'admin')
  const foreign = (await list(other.call))[0]!
  expect((await here('DELETE', `/api/sessions/${foreign.id}`)).status).toBe(404)
  expect((await other.call('GET', '/api/session')).status).toBe(200)
  const { id } = (await list(there)).find(({ current }) => current)!
  expect((await here('DELETE', `/api/sessions/${id}`)).status).toBe(204)
  expect((await there('GET', '/api/session')).status).toBe(401)
  expect((await list(here)).map((session) => session.id)).not.toContain(id)
})

test('all of one’s other sessions end at once, and the one that asks goes on', async () => {
  const [here, there] = [await signIn('here'), await signIn('there')]
  const other = await addAdmin(panel, 'admin')
  expect((await here('DELETE', '/api/sessions')).status).toBe(204)
  expect((await there('GET', '/api/session')).status).toBe(401)
  expect((await panel.call('GET', '/api/session')).status).toBe(401)
  expect((await other.call('GET', '/api/session')).status).toBe(200)
  expect(await list(here)).toHaveLength(1)
})

test('a session that idled out is in no list', async () => {
  const [here, there] = [await signIn('here'), await signIn('there')]
  const { id } = (await list(there)).find(({ current }) => current)!
  await panel.panel.database.pool.query(
    "update sessions set last_seen_at = now() - interval '61 minutes' where id = $1",
    [id],
  )
  expect((await list(here)).map((session) => session.id)).not.toContain(id)
})
