import { afterAll, beforeAll, expect, test } from 'vitest'
import { EVENTUAL, type GraphUnderTest, graphUnderTest } from './graph-under-test.ts'

let graph: GraphUnderTest
beforeAll(async () => {
  graph = await graphUnderTest()
})
afterAll(() => graph.emulator.close())

function membersOf(name: string, relation = 'members'): string {
  const groups = [...graph.emulator.tenant.directory.groups()]
  return `/groups/${groups.find(({ displayName }) => displayName === name)!.id}/${relation}`
}

const names = (rows: Record<string, unknown>[]) => rows.map(({ displayName }) => displayName).sort()

test('members of all types come mixed, each with its type', async () => {
  const { body } = await graph.get(`${membersOf('Conditional Access Pilot')}?$select=id,displayName`)
  expect(body['@odata.context']).toMatch(/#directoryObjects\(id,displayName\)$/)
  expect(body.value.map((row) => row['@odata.type'])).toEqual([
    '#microsoft.graph.user',
    '#microsoft.graph.user',
    '#microsoft.graph.device',
    '#microsoft.graph.servicePrincipal',
  ])
})

test('direct members are not transitive; transitive ones are flat, groups included', async () => {
  const direct = await graph.get(`${membersOf('Corporate Functions')}?$select=displayName`)
  expect(names(direct.body.value)).toEqual(['Finance', 'IT', 'Legal'])
  const all = await graph.walk(
    `${membersOf('Corporate Functions', 'transitiveMembers')}?$select=displayName&$top=3`,
  )
  expect(names(all)).toEqual([
    'Allan Deyoung',
    'Diego Siciliani',
    'Emily Braun',
    'Enrico Cattaneo',
    'Finance',
    'Grady Archie',
    'IT',
    'Joni Sherman',
    'Legal',
    'Megan Bowen',
    'Pradeep Gupta',
  ])
})

test('a cycle ends, and each is there once', async () => {
  const all = await graph.walk(`${membersOf('Project Alpine', 'transitiveMembers')}?$select=displayName`)
  expect(names(all)).toEqual(['Johanna Lorenz', 'Lee Gu', 'Lidia Holloway', 'Project Alpine Reviewers'])
})

test('a cast leaves one type, in rows without a type, as both names of it ask', async () => {
  const path = membersOf('All Business Units', 'transitiveMembers')
  const query = '$select=displayName&$count=true'
  const { body } = await graph.get(`${path}/microsoft.graph.group?${query}`, EVENTUAL)
  expect(body['@odata.context']).toMatch(/#groups\(displayName\)$/)
  expect(body['@odata.count']).toBe(6)
  expect(body.value[0]).not.toHaveProperty('@odata.type')
  const users = await graph.walk(`${path}/graph.user?${query}&$top=4`, EVENTUAL)
  expect(users).toHaveLength(17)
  expect((await graph.get(`${path}/microsoft.graph.user/$count`, EVENTUAL)).body).toBe('17')
  expect((await graph.get(`${path}/$count`, EVENTUAL)).body).toBe('23')
  expect((await graph.get(`${path}/microsoft.graph.printer`)).body.error.code).toBe(
    'Request_UnsupportedQuery',
  )
})

test('behind a cast, members are searched and filtered', async () => {
  const path = `${membersOf('All Employees')}/microsoft.graph.user?$count=true&$select=displayName`
  const searched = await graph.get(`${path}&$search="displayName:meg"`, EVENTUAL)
  expect(names(searched.body.value)).toEqual(['Megan Bowen'])
  const filtered = await graph.get(`${path}&$filter=department eq 'Legal'`, EVENTUAL)
  expect(names(filtered.body.value)).toEqual(['Enrico Cattaneo', 'Grady Archie', 'Joni Sherman'])
})

test('an empty group has no members, an unknown one is not found, what is no id is refused', async () => {
  expect((await graph.get(membersOf('Interns'))).body.value).toEqual([])
  const unknown = await graph.get('/groups/00000000-0000-4000-8000-000000000000/members')
  expect([unknown.status, unknown.body.error.code]).toEqual([404, 'Request_ResourceNotFound'])
  const wrong = await graph.get('/groups/interns/members')
  expect([wrong.status, wrong.body.error.message]).toEqual([400, "Invalid object identifier 'interns'."])
})

test('without User.Read.All members are ids, and everything else of them is null', async () => {
  await using other = await graphUnderTest({ granted: ['GroupMember.Read.All'] })
  const path = `${membersOf('Conditional Access Pilot')}?$select=id,displayName,userPrincipalName`
  const { status, body } = await other.get(path)
  expect(status).toBe(200)
  expect(body.value[0]).toEqual({
    '@odata.type': '#microsoft.graph.user',
    id: '87d349ed-44d7-43e1-9a83-5f2406dee5bd',
    displayName: null,
    userPrincipalName: null,
  })
  expect(body.value[2]).toMatchObject({ '@odata.type': '#microsoft.graph.device', displayName: null })
  const nested = await other.get(`${membersOf('Corporate Functions')}?$select=displayName`)
  expect(names(nested.body.value)).toEqual(['Finance', 'IT', 'Legal'])
})

test('hidden membership is an empty list without Member.Read.Hidden', async () => {
  await using other = await graphUnderTest()
  const path = membersOf('Compensation Committee')
  expect((await other.get(path)).body.value).toEqual([])
  expect((await other.get(`${path}/$count`, EVENTUAL)).body).toBe('0')
  await other.permit('GroupMember.Read.All', 'User.Read.All', 'Member.Read.Hidden')
  expect((await other.get(path)).body.value).toHaveLength(3)
})
