import { expect, test } from 'vitest'
import { contosoTenant } from './contoso.ts'
import recorded from './data/contoso-users.json' with { type: 'json' }

const { directory, accounts } = contosoTenant()
const people = [...directory.users()]
const groups = [...directory.groups()]
const group = (name: string) => groups.find(({ displayName }) => displayName === name)!
const person = (name: string) => people.find(({ displayName }) => displayName === name)!

test('the recorded people are there as recorded', () => {
  for (const { ...user } of recorded.value) expect(directory.user(user.id)).toMatchObject(user)
})

test('rooms and the shared mailbox cannot sign in, nor can the one who left', () => {
  const disabled = people
    .filter(({ accountEnabled }) => !accountEnabled)
    .map(({ displayName }) => displayName)
  expect(disabled).toHaveLength(8)
  expect(disabled).toEqual(
    expect.arrayContaining(['Conf Room Adams', 'Support shared mailbox', 'Former Employee']),
  )
})

test('there is a guest, one without mail, and two with one mail', () => {
  expect(person('Contoso Guest')).toMatchObject({ userType: 'Guest', mail: 'guest@fabrikam.com' })
  expect(person('Contoso Guest').userPrincipalName).toContain('#EXT#@')
  expect(
    people.filter(({ mail }) => mail === null).map(({ userPrincipalName }) => userPrincipalName),
  ).toEqual(['kiosk@contoso.com'])
  expect(people.filter(({ mail }) => mail === 'reception@contoso.com')).toHaveLength(2)
})

test('all who have a job have the department of their title', () => {
  expect(people.filter(({ jobTitle, department }) => jobTitle && !department)).toEqual([])
  expect(person('Allan Deyoung').department).toBe('IT')
  expect(person('Patti Fernandez').department).toBe('Executive Management')
  expect(directory.memberCount(group('Legal').id)).toBe(3)
})

test('groups hold groups two deep, and each other', () => {
  const nested = directory.transitiveMembers(group('All Business Units').id)
  expect(nested).toContainEqual({ id: group('Finance').id, type: 'group' })
  expect(nested).toContainEqual({ id: person('Megan Bowen').id, type: 'user' })
  const [one, two] = [group('Project Alpine'), group('Project Alpine Reviewers')]
  expect(directory.transitiveUserIds(one.id)).toEqual(directory.transitiveUserIds(two.id))
})

test('there is a dynamic, an empty and a hidden group, and two of one name', () => {
  expect(group('All Employees').groupTypes).toEqual(['DynamicMembership'])
  expect(directory.memberCount(group('All Employees').id)).toBeGreaterThan(20)
  expect(directory.memberCount(group('Interns').id)).toBe(0)
  expect(group('Compensation Committee').visibility).toBe('HiddenMembership')
  const leadership = groups.filter(({ displayName }) => displayName === 'Leadership')
  expect(new Set(leadership.map(({ description }) => description)).size).toBe(2)
})

test('one group holds a device and an app', () => {
  const types = [...directory.memberIds(group('Conditional Access Pilot').id)].map(({ type }) => type)
  expect(types.sort()).toEqual(['device', 'servicePrincipal', 'user', 'user'])
})

test('the administrator and two others sign in', () => {
  const names = accounts.map(({ objectId, isAdmin }) => [directory.user(objectId)?.displayName, isAdmin])
  expect(names).toEqual([
    ['MOD Administrator', true],
    ['Adele Vance', false],
    ['Megan Bowen', false],
  ])
})

test('ids stay the same from one start to the next', () => {
  expect([...contosoTenant().directory.users()]).toEqual(people)
  expect([...contosoTenant().directory.groups()]).toEqual(groups)
})
