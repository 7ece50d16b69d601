import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVENTUAL, type GraphUnderTest, graphUnderTest } from './graph-under-test.ts'

let graph: GraphUnderTest
let members: string
beforeAll(async () => {
  graph = await graphUnderTest()
  const groups = [...graph.emulator.tenant.directory.groups()]
  members = `/groups/${groups.find(({ displayName }) => displayName === 'All Employees')!.id}/members`
})
afterAll(() => graph.emulator.close())

async function code(url: string, headers?: Record<string, string>): Promise<string | number> {
  const { status, body } = await graph.get(url, headers)
  return body.error?.code ?? status
}

test('$count=true is silently ignored without the header', async () => {
  const without = await graph.get('/users?$count=true&$top=5')
  expect(without.status).toBe(200)
  expect(without.body).not.toHaveProperty('@odata.count')
  const { body } = await graph.get('/users?$count=true&$top=5', EVENTUAL)
  expect(body['@odata.count']).toBe(37)
  const next = await graph.get(body['@odata.nextLink']!, EVENTUAL)
  expect(next.body).not.toHaveProperty('@odata.count')
})

test('the $count segment without the header is not supported', async () => {
  for (const url of ['/users/$count', '/groups/$count', `${members}/$count`]) {
    const { status, body } = await graph.get(url)
    expect([status, body.error.code, body.error.message]).toEqual([
      400,
      'Request_BadRequest',
      '$count is not currently supported.',
    ])
  }
})

test('$search needs the header, and only it', async () => {
  const search = '/groups?$search="displayName:a"'
  const { body } = await graph.get(search)
  expect(body.error).toMatchObject({
    code: 'Request_UnsupportedQuery',
    message:
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
  })
  expect(await code(search, EVENTUAL)).toBe(200)
})

test.each([
  "$filter=userType ne 'Member'",
  "$filter=endsWith(mail,'contoso.com')",
  '$filter=mail eq null',
  "$orderby=displayName&$filter=startsWith(displayName,'A')",
])('%s needs the header and $count=true', async (query) => {
  expect(await code(`/users?${query}`)).toBe('Request_UnsupportedQuery')
  expect(await code(`/users?${query}&$count=true`)).toBe('Request_UnsupportedQuery')
  expect(await code(`/users?${query}`, EVENTUAL)).toBe('Request_UnsupportedQuery')
  expect(await code(`/users?${query}&$count=true`, EVENTUAL)).toBe(200)
})

test('the header must come with every page: a next link does not carry it', async () => {
  const first = await graph.get("/users?$filter=userType ne 'Guest'&$count=true&$top=5", EVENTUAL)
  const next = first.body['@odata.nextLink']!
  expect(await code(next)).toBe('Directory_ExpiredPageToken')
  expect(await code(next, EVENTUAL)).toBe(200)
})

test('a filter without an index gives a first page, and fails on the second', async () => {
  const query = "/users?$filter=companyName eq 'Contoso'&$top=5"
  const first = await graph.get(query)
  expect(first.status).toBe(200)
  expect(await code(first.body['@odata.nextLink']!)).toBe('Directory_ExpiredPageToken')
  const whole = await graph.walk(`${query}&$count=true`, EVENTUAL)
  expect(whole.length).toBeGreaterThan(20)
})

describe('members', () => {
  test('of any type need nothing, behind a cast the header with any parameter', async () => {
    const cast = `${members}/microsoft.graph.user`
    expect(await code(`${members}?$select=id&$top=5`)).toBe(200)
    expect(await code(cast)).toBe(200)
    expect(await code(`${cast}?$select=id&$top=5`)).toBe('Request_UnsupportedQuery')
    expect(await code(`${cast}?$select=id&$top=5`, EVENTUAL)).toBe('Request_UnsupportedQuery')
    expect(await code(`${cast}?$select=id&$top=5&$count=true`, EVENTUAL)).toBe(200)
  })

  test('are filtered and ordered in advanced queries only', async () => {
    for (const query of ["$filter=startsWith(displayName,'A')", '$orderby=displayName']) {
      expect(await code(`${members}?${query}`)).toBe('Request_UnsupportedQuery')
      expect(await code(`${members}?${query}&$count=true`, EVENTUAL)).toBe(200)
    }
  })
})
