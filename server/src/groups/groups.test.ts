import type { Group } from '@keyroster/api/groups.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { foldName } from '../users/fold.ts'
import { insertUser, insertWorkspace } from '../users/test-users.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())
beforeEach(() => panel.panel.database.pool.query('truncate groups, users cascade'))

type GroupPage = { items: Group[]; total: number; next: string | null }
const db = () => panel.panel.database.db
const list = async (query: Record<string, string> = {}) =>
  (await panel.call<GroupPage>('GET', `/api/groups?${new URLSearchParams(query)}`)).body

async function insertGroup(name: string, workspaceId = panel.admin.workspaceId): Promise<string> {
  const { id } = await db()
    .insertInto('groups')
    .values({
      workspace_id: workspaceId,
      tenant_id: crypto.randomUUID(),
      object_id: crypto.randomUUID(),
      display_name: name,
      name_folded: foldName(name),
      kind: 'microsoft365',
      dynamic: true,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

test('groups are listed by name, each with how many of its people are here', async () => {
  const { workspaceId } = panel.admin
  const sales = await insertGroup('Sales')
  await insertGroup('finance')
  for (const name of ['Adele Vance', 'Alex Wilber']) {
    const userId = await insertUser(db(), workspaceId, name)
    await db()
      .insertInto('group_members')
      .values({ workspace_id: workspaceId, group_id: sales, user_id: userId })
      .execute()
  }
  const { items, total } = await list()
  expect(total).toBe(2)
  expect(items.map(({ displayName, memberCount }) => [displayName, memberCount])).toEqual([
    ['finance', 0],
    ['Sales', 2],
  ])
  const one = await panel.call('GET', `/api/groups/${sales}`)
  expect(one).toMatchObject({ status: 200, body: { ...items[1], kind: 'microsoft365', dynamic: true } })
})

test('many groups, some of one name, are paged without loss or repeat while others arrive', async () => {
  const ids = []
  for (let n = 0; n < 45; n++) ids.push(await insertGroup(`Team ${n % 7}`))
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: GroupPage = await list({ limit: '10', ...(cursor !== null && { cursor }) })
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.next
    await insertGroup('A team')
  } while (cursor !== null)
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toEqual(expect.arrayContaining(ids))
})

test('a search looks for what was typed anywhere in the name, and takes % and _ as themselves', async () => {
  for (const name of ['Sales EMEA', '50% club', 'snake_case']) await insertGroup(name)
  const names = async (search: string) => (await list({ search })).items.map((group) => group.displayName)
  expect(await names('emea')).toEqual(['Sales EMEA'])
  expect(await names('%')).toEqual(['50% club'])
  expect(await names('_')).toEqual(['snake_case'])
  expect(await list({ search: 'nothing' })).toEqual({ items: [], total: 0, next: null })
})

test('a cursor that was made up is a bad request', async () => {
  expect(await panel.call('GET', '/api/groups?cursor=garbage')).toMatchObject({
    status: 400,
    body: { fields: [{ field: 'cursor' }] },
  })
})

test('a group of another workspace is not there, like one that never was', async () => {
  const foreign = await insertGroup('Secret', await insertWorkspace(db()))
  for (const id of [foreign, crypto.randomUUID(), 'none']) {
    expect(await panel.call('GET', `/api/groups/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
  }
  expect((await list()).total).toBe(0)
})
