import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listMembersOfMany } from './list-members.ts'
import { listUsers } from './list-users.ts'
import { openTestGraph, type TestGraph } from './test-graph.ts'

const idsOf = (users: { objectId: string | null }[]) => users.map(({ objectId }) => objectId).sort()

describe('reading people', () => {
  let test: TestGraph
  beforeEach(async () => {
    test = await openTestGraph()
  })
  afterEach(async () => test[Symbol.asyncDispose]())

  const directory = () => test.emulator.tenant.directory
  const visibleGroups = () =>
    [...directory().groups()].filter(({ visibility }) => visibility !== 'HiddenMembership')

  it('finds everybody of the tenant with every attribute that is imported', async () => {
    const { users, next } = await listUsers(test.graph, null, null)
    expect(next).toBeNull()
    expect(idsOf(users)).toEqual([...directory().users()].map(({ id }) => id).sort())
    for (const user of users) {
      const { id, ...theirs } = directory().user(user.objectId ?? '')!
      expect({ ...theirs, objectId: id }).toMatchObject(
        Object.fromEntries(Object.entries(user).filter(([name]) => name !== 'altered')),
      )
    }
  })

  it('goes on from the cursor until the end', async () => {
    const first = await test.graph.page('/users?$select=id,userPrincipalName&$top=7')
    expect(first.next).not.toBeNull()
    const ids = first.items.map((item) => (item as { id: string }).id)
    let cursor = first.next
    while (cursor !== null) {
      const page = await listUsers(test.graph, null, cursor)
      ids.push(...page.users.map(({ objectId }) => objectId ?? ''))
      cursor = page.next
    }
    expect(ids.sort()).toEqual([...directory().users()].map(({ id }) => id).sort())
  })

  const membersOf = async (...groupIds: string[]) =>
    listMembersOfMany(
      test.graph,
      groupIds.map((groupId) => ({ groupId, cursor: null })),
    )

  it('finds the people of every group, those of nested groups included, each once, in one request', async () => {
    test.emulator.requests.clear()
    const ids = visibleGroups().map(({ id }) => id)
    const pages = await membersOf(...ids)
    for (const id of ids)
      expect(pages.get(id)).toMatchObject({
        next: null,
        users: { length: directory().transitiveUserIds(id).size },
      })
    for (const [id, page] of pages)
      expect('users' in page && idsOf(page.users)).toEqual([...directory().transitiveUserIds(id)].sort())
    const batches = test.emulator.requests.list().filter(({ route }) => route === 'batch')
    expect(batches).toHaveLength(Math.ceil(ids.length / 20))
  })

  it('goes on from a next link inside a batch', async () => {
    const { id } = visibleGroups().find((group) => directory().transitiveUserIds(group.id).size > 2)!
    const first = await test.graph.page(
      `/groups/${id}/transitiveMembers/microsoft.graph.user?$select=id,userPrincipalName&$top=2&$count=true`,
      { eventual: true },
    )
    const rest = (await listMembersOfMany(test.graph, [{ groupId: id, cursor: first.next }])).get(id)
    expect(rest).toMatchObject({ users: { length: expect.any(Number) } })
    expect(rest).not.toMatchObject({ users: { length: 0 } })
  })

  it('stops where Graph hides who the members are', async () => {
    test.emulator.revoke(['User.Read.All'])
    const { id } = visibleGroups().find(({ id }) => directory().transitiveUserIds(id).size > 0)!
    await expect(membersOf(id)).rejects.toMatchObject({ code: 'permission_missing' })
  })

  it('says that a group is gone, or forbidden', async () => {
    const { id } = visibleGroups()[0]!
    test.emulator.faults.add({
      route: 'members',
      nth: 1,
      effect: { kind: 'status', status: 403, code: 'Authorization_RequestDenied' },
    })
    expect((await membersOf(id)).get(id)).toMatchObject({ code: 'group_forbidden', status: 403 })
    directory().removeGroup(id)
    expect((await membersOf(id)).get(id)).toMatchObject({ code: 'group_gone', status: 404 })
  })
})
