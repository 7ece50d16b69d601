import type { Notification } from '@keyroster/api/notifications.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startSession } from '../admins/sessions.ts'
import { callWith, createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { type Notice, notify } from './notify.ts'

let panel: TestPanel
let otherAdmin: { id: string; call: TestPanel['call'] }
beforeAll(async () => {
  panel = await createTestPanel()
  const { db } = panel.panel.database
  const { id } = await db
    .insertInto('admins')
    .values({ workspace_id: panel.admin.workspaceId, name: 'Alex Wilber', role: 'owner' })
    .returning('id')
    .executeTakeFirstOrThrow()
  otherAdmin = { id, call: callWith(panel.app, `keyroster=${await startSession(db, id)}`) }
})
afterAll(() => panel.close())
beforeEach(() => panel.panel.database.pool.query('truncate notifications'))

type List = { items: Notification[]; unread: number }
const list = async (call = panel.call) => (await call<List>('GET', '/api/notifications')).body

const leave = (changes: Partial<Notice> = {}) =>
  notify(panel.panel.database.db, {
    workspaceId: panel.admin.workspaceId,
    adminId: panel.admin.id,
    kind: 'import-completed',
    title: 'Import completed',
    body: '12 users created',
    link: '/imports/1',
    ...changes,
  })

test('a notification stays, newest first and counted, until it is read', async () => {
  await leave({ title: 'First' })
  await leave({ title: 'Second', kind: 'import-failed' })
  const before = await list()
  expect(before).toMatchObject({
    unread: 2,
    items: [
      { title: 'Second', kind: 'import-failed', link: '/imports/1', readAt: null },
      { title: 'First', kind: 'import-completed', body: '12 users created', readAt: null },
    ],
  })
  const ids = [before.items[1]!.id]
  const read = await panel.call<List>('POST', '/api/notifications/read', { ids })
  expect(read).toMatchObject({
    status: 200,
    body: { unread: 1, items: [{ readAt: null }, { readAt: expect.any(String) }] },
  })
  expect(await list()).toEqual(read.body)
})

test('all are marked as read where none are named, and keep the moment they were first read', async () => {
  await leave()
  await leave()
  const first = (await panel.call<List>('POST', '/api/notifications/read', {})).body
  expect(first.unread).toBe(0)
  expect((await panel.call<List>('POST', '/api/notifications/read', {})).body).toEqual(first)
})

test('fifty are listed at most, and all are counted', async () => {
  for (let n = 0; n < 53; n++) await leave({ title: `Number ${n}` })
  const { items, unread } = await list()
  expect([items.length, unread, items[0]?.title]).toEqual([50, 53, 'Number 52'])
})

test('one for every admin reaches each, and one for nobody who is still there reaches none', async () => {
  await leave({ adminId: null })
  await leave({ adminId: crypto.randomUUID() })
  expect((await list()).unread).toBe(1)
  expect((await list(otherAdmin.call)).unread).toBe(1)
})

test('another admin neither sees nor marks mine', async () => {
  await leave()
  const { items } = await list()
  expect(await list(otherAdmin.call)).toEqual({ items: [], unread: 0 })
  await otherAdmin.call('POST', '/api/notifications/read', { ids: [items[0]!.id] })
  await otherAdmin.call('POST', '/api/notifications/read', {})
  expect((await list()).unread).toBe(1)
})

test('a malformed list of ids is a bad request', async () => {
  for (const body of [{ ids: ['1'] }, { ids: 'all' }, { all: true }, []]) {
    expect(await panel.call('POST', '/api/notifications/read', body)).toMatchObject({
      status: 400,
      body: { code: 'bad_request', fields: [{}] },
    })
  }
})
