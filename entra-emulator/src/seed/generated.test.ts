import { expect, test } from 'vitest'
import { generatedTenant } from './generated.ts'

const directoryOf = (users: number, seed = 1) =>
  generatedTenant({ users, groups: Math.ceil(users / 50), seed }).directory

test('the same seed gives the same tenant, another gives another', () => {
  const [one, same, other] = [directoryOf(300), directoryOf(300), directoryOf(300, 2)]
  expect([...same.users()]).toEqual([...one.users()])
  expect([...same.groups()]).toEqual([...one.groups()])
  expect([...other.users()].map(({ id }) => id)).not.toEqual([...one.users()].map(({ id }) => id))
})

test.each([1, 30, 5000, 10_000, 20_000])(
  'a tenant of %i is in order, and each is found by id and name',
  (size) => {
    const directory = directoryOf(size)
    const users = [...directory.users()]
    expect(users).toHaveLength(size)
    const positions = users.map(({ userPrincipalName }) => userPrincipalName.toLowerCase())
    expect(positions.every((position, index) => index === 0 || position > positions[index - 1]!)).toBe(true)
    for (const user of users.slice(0, 200)) {
      expect(directory.user(user.id)).toEqual(user)
      expect(directory.userByPrincipalName(user.userPrincipalName)?.id).toBe(user.id)
    }
    expect(directory.user('00000000-0000-4000-8000-000000000000')).toBeUndefined()
  },
)

test('about two in a hundred are guests, three disabled, one without mail', () => {
  const users = [...directoryOf(20_000).users()]
  const share = (count: number) => Math.round((count / users.length) * 1000) / 10
  expect(share(users.filter(({ userType }) => userType === 'Guest').length)).toBeCloseTo(2, 0)
  expect(share(users.filter(({ accountEnabled }) => !accountEnabled).length)).toBeCloseTo(3, 0)
  expect(share(users.filter(({ mail }) => mail === null).length)).toBeCloseTo(1, 0)
})

test('groups are in order of id and their members are distinct users and later groups', () => {
  const { directory } = generatedTenant({ users: 1000, groups: 40, membersPerGroup: 100 })
  const groups = [...directory.groups()]
  expect(groups.map(({ id }) => id)).toEqual(groups.map(({ id }) => id).sort())
  for (const { id } of groups) {
    const members = [...directory.memberIds(id)]
    expect(new Set(members.map((member) => member.id)).size).toBe(members.length)
  }
  const average = groups.reduce((sum, { id }) => sum + directory.memberCount(id), 0) / groups.length
  expect(average).toBeGreaterThan(70)
  expect(average).toBeLessThan(130)
})

test('a million users start at once and take no memory', () => {
  const before = process.memoryUsage().heapUsed
  const started = performance.now()
  const { directory } = generatedTenant({ users: 1_000_000, groups: 50_000 })
  const middle = [...first(directory.walkUsers('m'), 999)]
  expect(performance.now() - started).toBeLessThan(1000)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000)
  expect(middle).toHaveLength(999)
  expect(directory.user(middle[500]!.id)?.userPrincipalName).toBe(middle[500]!.userPrincipalName)
})

test('sizes beyond the largest are refused', () => {
  expect(() => generatedTenant({ users: 1_000_001, groups: 1 })).toThrow(RangeError)
  expect(() => generatedTenant({ users: -1, groups: 1 })).toThrow(RangeError)
})

function* first<T>(rows: Iterable<T>, count: number): Iterable<T> {
  let taken = 0
  for (const row of rows) {
    if (taken === count) return
    taken += 1
    yield row
  }
}
