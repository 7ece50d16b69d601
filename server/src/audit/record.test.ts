import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { transaction } from '../db/transaction.ts'
import { createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { audit } from './record.ts'
import { unguarded } from './test-audit.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())
beforeEach(() => panel.panel.database.pool.query(unguarded('truncate audit_events, audit_heads')))

const recorded = async () =>
  (await panel.panel.database.pool.query('select * from audit_events order by id')).rows

const event = () => ({
  workspaceId: panel.admin.workspaceId,
  actor: { id: panel.admin.id, name: 'Operator' },
  action: 'user.created' as const,
})

test('an event says who did what to whom, when, from where and in which request', async () => {
  await audit(panel.panel.database.db, {
    ...event(),
    target: { kind: 'user', id: 'u1' },
    detail: { displayName: 'Adele Vance' },
    request: { id: 'r1', ip: '192.0.2.7' },
  })
  expect(await recorded()).toMatchObject([
    {
      workspace_id: panel.admin.workspaceId,
      at: expect.any(Date),
      actor_id: panel.admin.id,
      actor_name: 'Operator',
      action: 'user.created',
      target_kind: 'user',
      target_id: 'u1',
      detail: { displayName: 'Adele Vance' },
      address: '192.0.2.7',
      request_id: 'r1',
    },
  ])
})

test('an event of the panel itself needs no more than what was done', async () => {
  await audit(panel.panel.database.db, { ...event(), actor: { id: null, name: 'Keyroster' } })
  expect(await recorded()).toMatchObject([{ actor_id: null, target_id: null, detail: {}, address: null }])
})

test('a deed that is undone leaves no event', async () => {
  const undone = transaction(panel.panel.database.db, async (tx) => {
    await audit(tx, event())
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  expect(await recorded()).toEqual([])
})

test('text that PostgreSQL refuses is recorded with a mark in its place', async () => {
  await audit(panel.panel.database.db, { ...event(), detail: { name: 'a\0b', deep: ['\ud83d'] } })
  expect(await recorded()).toMatchObject([{ detail: { name: 'a\ufffdb', deep: ['\ufffd'] } }])
})

test('an event is recorded while another deed of the workspace is under way, which it would wait for in turn', async () => {
  const { pool } = panel.panel.database
  const { body } = await panel.call<{ id: string }>('POST', '/api/users', {
    displayName: 'Adele Vance',
    email: 'adelev@contoso.com',
  })
  const other = await pool.connect()
  await other.query('begin')
  await other.query('select from users for update')
  const edited = panel.call('PATCH', `/api/users/${body.id}`, { jobTitle: 'Engineer' })
  await vi.waitFor(async () => {
    const waiting = await pool.query("select from pg_locks where not granted and locktype = 'transactionid'")
    expect(waiting.rowCount).toBe(1)
  })
  const before = await Promise.race([
    audit(panel.panel.database.db, event()).then(() => 'recorded'),
    sleep(2_000),
  ])
  await other.query('commit')
  other.release()
  expect(before).toBe('recorded')
  expect((await edited).status).toBe(200)
})
