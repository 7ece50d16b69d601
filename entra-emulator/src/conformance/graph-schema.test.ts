import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVENTUAL, type GraphUnderTest, graphUnderTest } from '../graph/graph-under-test.ts'
import { propertiesOf } from '../graph/schema.ts'
import { schemaErrors } from './graph-schema.ts'

const all = (type: 'user' | 'group', without: string[] = []) =>
  [...propertiesOf(type).keys()].filter((name) => !without.includes(name)).join()
const EVERYTHING_OF_USERS = all(
  'user',
  `aboutMe birthday hireDate interests mySite pastProjects preferredName responsibilities schools skills
   mailboxSettings signInActivity`.split(/\s+/),
)

const REQUESTS = [
  '/organization',
  '/organization/{tenant}',
  '/organization?$select=id,displayName,verifiedDomains',
  '/users',
  '/users?$top=3',
  `/users?$select=${EVERYTHING_OF_USERS}`,
  "/users?$filter=startsWith(displayName,'A')&$count=true&$orderby=displayName",
  '/users?$search="displayName:conf"&$count=true',
  '/users/{user}',
  `/users/{user}?$select=${all('user', ['signInActivity'])}`,
  '/users/$count',
  '/groups',
  `/groups?$select=${all('group')}&$top=5`,
  '/groups?$search="displayName:leader" OR "description:leader"&$count=true',
  '/groups/{group}',
  '/groups/$count',
  ...['members', 'transitiveMembers'].flatMap((relation) => [
    `/groups/{group}/${relation}`,
    `/groups/{group}/${relation}?$select=id,displayName,userPrincipalName&$top=2`,
    `/groups/{group}/${relation}/$count`,
    `/groups/{group}/${relation}/microsoft.graph.user`,
    `/groups/{group}/${relation}/microsoft.graph.user?$select=id,accountEnabled&$count=true&$top=1`,
    `/groups/{group}/${relation}/microsoft.graph.user/$count`,
    `/groups/{group}/${relation}/microsoft.graph.group`,
  ]),
]

const REFUSED: [status: number, path: string][] = [
  [400, '/users?$top=1000'],
  [400, '/users?$select=nickname'],
  [400, '/users?$skip=1'],
  [400, '/users?$skiptoken=RFNwdA'],
  [400, '/groups?$filter=nickname eq 1'],
  [400, '/groups/no-id'],
  [404, '/users/nobody@contoso.com'],
  [404, '/groups/00000000-0000-4000-8000-000000000000/members'],
  [501, '/users?$select=skills'],
]

describe.each(['contoso' as const, { users: 300, groups: 60, seed: 5 }])(
  'every answer of %o fits',
  (seed) => {
    let graph: GraphUnderTest
    let fill: (path: string) => string
    beforeAll(async () => {
      graph = await graphUnderTest({ seed })
      const { tenant } = graph.emulator
      const [user] = tenant.directory.users()
      const group = [...tenant.directory.groups()].find(({ id }) => tenant.directory.memberCount(id) > 3)
      fill = (path) =>
        path.replace('{tenant}', tenant.id).replace('{user}', user!.id).replace('{group}', group!.id)
    })
    afterAll(() => graph.emulator.close())

    test.each(REQUESTS)('%s', async (request) => {
      for (let next: string | undefined = fill(request), pages = 0; next && pages < 4; pages += 1) {
        const { status, body } = await graph.get(next, EVENTUAL)
        expect(status).toBe(200)
        expect(schemaErrors(fill(request), status, body)).toEqual([])
        next = body['@odata.nextLink']
      }
    })

    test.each(REFUSED)('%i %s', async (expected, request) => {
      const { status, body } = await graph.get(request, EVENTUAL)
      expect(status).toBe(expected)
      expect(schemaErrors(request, status, body)).toEqual([])
    })

    test('the schema would notice a wrong type, and an error without a code', () => {
      expect(
        schemaErrors('/users', 200, { value: [{ accountEnabled: 'yes', otherMails: null }] }),
      ).toHaveLength(2)
      expect(schemaErrors('/users', 400, { error: { message: 'no' } })).not.toEqual([])
      expect(schemaErrors('/users/$count', 200, 'many')).not.toEqual([])
    })
  },
)

test('without permission to read them, members still fit', async () => {
  await using graph = await graphUnderTest({ granted: ['GroupMember.Read.All'] })
  const groups = [...graph.emulator.tenant.directory.groups()]
  const pilot = groups.find(({ displayName }) => displayName === 'Conditional Access Pilot')!
  for (const query of ['', '?$select=id,displayName,otherMails']) {
    const path = `/groups/${pilot.id}/members${query}`
    const { status, body } = await graph.get(path)
    expect(schemaErrors(path, status, body)).toEqual([])
  }
})
