import { describe, expect, test } from 'vitest'
import { changeableDirectory } from './changeable-directory.ts'
import { generatedTenant } from './seed/generated.ts'

const ids = (members: Iterable<{ id: string }>) => [...members].map(({ id }) => id)

test('an added user is filled in as an enabled member', () => {
  const directory = changeableDirectory(undefined, () => new Date('2026-03-04T05:06:07.890Z'))
  const user = directory.addUser({ userPrincipalName: 'AdeleV@contoso.com', mail: 'adele@contoso.com' })
  expect(directory.user(user.id)).toMatchObject({
    accountEnabled: true,
    userType: 'Member',
    mailNickname: 'AdeleV',
    proxyAddresses: ['SMTP:adele@contoso.com'],
    createdDateTime: '2026-03-04T05:06:07Z',
  })
  expect(directory.userByPrincipalName('adelev@CONTOSO.com')?.id).toBe(user.id)
})

test('a userPrincipalName belongs to one user, whatever its case', () => {
  const directory = changeableDirectory()
  directory.addUser({ userPrincipalName: 'a@contoso.com' })
  const other = directory.addUser({ userPrincipalName: 'b@contoso.com' })
  expect(() => directory.addUser({ userPrincipalName: 'A@contoso.com' })).toThrow('A@contoso.com is taken')
  expect(() => directory.updateUser(other.id, { userPrincipalName: 'A@contoso.com' })).toThrow('is taken')
  expect(directory.userCount).toBe(2)
})

test('a change keeps the id and what it does not name', () => {
  const { directory } = generatedTenant({ users: 50, groups: 5 })
  const [user] = [...directory.users()]
  directory.updateUser(user!.id, { displayName: 'Changed', userPrincipalName: 'zz@contoso.com' })
  expect(directory.user(user!.id)).toEqual({
    ...user,
    displayName: 'Changed',
    userPrincipalName: 'zz@contoso.com',
  })
  expect([...directory.users()].at(-1)?.id).toBe(user!.id)
  expect(directory.userCount).toBe(50)
})

test('unknown objects cannot be changed or joined', () => {
  const directory = changeableDirectory()
  const group = directory.addGroup({ displayName: 'Team' })
  expect(() => directory.updateUser('nobody', {})).toThrow('nobody does not exist')
  expect(() => directory.addMember(group.id, 'nobody')).toThrow('nobody does not exist')
  expect(() => directory.addMember('nowhere', group.id)).toThrow('nowhere does not exist')
})

describe('members', () => {
  test('can be added to and removed from a generated group, and keep their places', () => {
    const { directory } = generatedTenant({ users: 200, groups: 10, membersPerGroup: 20 })
    const group = [...directory.groups()].find(({ id }) => directory.memberCount(id) > 3)!
    const before = ids(directory.memberIds(group.id))
    const outsider = [...directory.users()].find(({ id }) => !before.includes(id))!
    directory.addMember(group.id, outsider.id)
    directory.addMember(group.id, outsider.id)
    directory.removeMember(group.id, before[1]!)
    expect(ids(directory.memberIds(group.id))).toEqual([before[0], ...before.slice(2), outsider.id])
    expect(ids(directory.memberIds(group.id, 2))).toEqual([...before.slice(3), outsider.id])

    directory.removeMember(group.id, outsider.id)
    directory.addMember(group.id, before[1]!)
    expect(ids(directory.memberIds(group.id))).toEqual(before)
  })

  test('that were deleted are gone from their groups', () => {
    const directory = changeableDirectory()
    const group = directory.addGroup({})
    const [one, two] = [directory.addUser({}), directory.addUser({})]
    for (const { id } of [one, two]) directory.addMember(group.id, id)
    directory.removeUser(one.id)
    expect(ids(directory.memberIds(group.id))).toEqual([two.id])
    expect(directory.memberCount(group.id)).toBe(1)
    directory.removeGroup(group.id)
    expect(ids(directory.memberIds(group.id))).toEqual([])
  })

  test('are found through groups in groups once each, in spite of a cycle', () => {
    const directory = changeableDirectory()
    const [outer, inner] = [directory.addGroup({}), directory.addGroup({})]
    const user = directory.addUser({})
    directory.addMember(outer.id, inner.id)
    directory.addMember(inner.id, outer.id)
    directory.addMember(outer.id, user.id)
    directory.addMember(inner.id, user.id)
    expect(directory.transitiveMembers(outer.id)).toEqual([
      { id: inner.id, type: 'group' },
      { id: user.id, type: 'user' },
    ])
    const late = directory.addUser({})
    directory.addMember(inner.id, late.id)
    expect(directory.transitiveUserIds(outer.id)).toEqual(new Set([user.id, late.id]))
  })
})
