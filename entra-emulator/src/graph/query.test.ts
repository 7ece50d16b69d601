import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVENTUAL, type GraphUnderTest, graphUnderTest } from './graph-under-test.ts'

let graph: GraphUnderTest
beforeAll(async () => {
  graph = await graphUnderTest()
})
afterAll(() => graph.emulator.close())

async function names(query: string, headers?: Record<string, string>, set = 'users'): Promise<unknown> {
  const { body } = await graph.get(`/${set}?$select=displayName&${query}`, headers)
  return body.error ? body.error.code : body.value.map(({ displayName }) => displayName)
}

const advanced = (query: string, set?: string) => names(`${query}&$count=true`, EVENTUAL, set)

describe('$filter', () => {
  test.each([
    ["displayName eq 'adele vance'", ['Adele Vance']],
    ["startswith(displayName,'Al')", ['Alex Wilber', 'Allan Deyoung']],
    ["startsWith(userPrincipalName,'me')", ['Megan Bowen']],
    [
      "department in ('Legal','IT') and accountEnabled eq true",
      ['Allan Deyoung', 'Enrico Cattaneo', 'Grady Archie', 'Joni Sherman'],
    ],
    ["(department eq 'IT' or department eq 'Sales') and accountEnabled eq false", ['Former Employee']],
    [
      "department eq 'IT' or department eq 'Sales' and accountEnabled eq false",
      ['Allan Deyoung', 'Former Employee'],
    ],
    ["userType eq 'Guest'", ['Contoso Guest']],
    ["id in ('87D349ED-44D7-43E1-9A83-5F2406DEE5BD')", ['Adele Vance']],
    ['createdDateTime ge 2019-09-18T09:06:51Z and createdDateTime le 2019-10-01', []],
    ['createdDateTime le 2019-09-18T09:06:11Z', ['Conf Room Adams', 'Adele Vance']],
    ["displayName ge 'Su'", ['Support shared mailbox']],
    ["displayName eq 'It''s'", []],
  ])('%s', async (filter, expected) => {
    expect(await names(`$filter=${encodeURIComponent(filter)}`)).toEqual(expected)
  })

  test.each([
    ["userType ne 'Member'", ['Contoso Guest']],
    ["not(userType eq 'Member')", ['Contoso Guest']],
    ["endsWith(mail,'@fabrikam.com')", ['Contoso Guest']],
    ['mail eq null', ['Kiosk Operator']],
    ["proxyAddresses/any(p:p eq 'smtp:adelev@contoso.com')", ['Adele Vance']],
    ['createdDateTime in (2019-09-18T09:06:11Z)', ['Adele Vance']],
  ])('%s, as an advanced query', async (filter, expected) => {
    expect(await advanced(`$filter=${encodeURIComponent(filter)}`)).toEqual(expected)
  })

  test.each([
    ["displayName gt 'A'", 'Request_UnsupportedQuery'],
    ["aboutMe eq 'x'", 'Request_UnsupportedQuery'],
    ["endsWith(displayName,'x')", 'Request_UnsupportedQuery'],
    ["proxyAddresses eq 'x'", 'Request_UnsupportedQuery'],
    ["nickname eq 'x'", 'Request_BadRequest'],
    ["accountEnabled eq 'true'", 'Request_BadRequest'],
    ['displayName eq', 'Request_BadRequest'],
    ["displayName like 'x'", 'Request_BadRequest'],
    ["(displayName eq 'x'", 'Request_BadRequest'],
    [`id in (${Array.from({ length: 16 }, (_, index) => `'${index}'`).join()})`, 'Request_BadRequest'],
  ])('%s is refused', async (filter, code) => {
    expect(await advanced(`$filter=${encodeURIComponent(filter)}`)).toBe(code)
  })

  test('of groups', async () => {
    expect(await names("$filter=groupTypes/any(c:c eq 'DynamicMembership')", {}, 'groups')).toEqual([
      'All Employees',
    ])
    expect(await names("$filter=mailEnabled eq true and startsWith(displayName,'L')", {}, 'groups')).toEqual([
      'Leadership',
    ])
  })
})

describe('$search', () => {
  test.each([
    ['"displayName:adele"', ['Adele Vance']],
    ['"displayName:VAN ad"', ['Adele Vance']],
    ['"displayName:dele"', []],
    ['"displayName:tailspin"', ['Brian Johnson (TAILSPIN)']],
    ['"displayName:mod" OR "mail:adele"', ['Adele Vance', 'MOD Administrator']],
    [
      '"displayName:conf" AND ("displayName:baker" OR "displayName:hood")',
      ['Conf Room Baker', 'Conf Room Hood'],
    ],
  ])('%s', async (search, expected) => {
    expect(await names(`$search=${encodeURIComponent(search)}`, EVENTUAL)).toEqual(expected)
  })

  test('of groups looks into name and description', async () => {
    const search = encodeURIComponent('"displayName:drone" OR "description:drone"')
    expect(await names(`$search=${search}`, EVENTUAL, 'groups')).toEqual(['Mark 8 Project Team'])
  })

  test.each([
    'adele',
    '"adele"',
    '"displayName:a" "displayName:b"',
    '"displayName:a" or "displayName:b"',
    '"accountEnabled:true"',
  ])('%s is refused', async (search) => {
    expect(await names(`$search=${encodeURIComponent(search)}`, EVENTUAL)).toMatch(/^Request_/)
  })
})

describe('$orderby', () => {
  test('orders all pages, and users of one name by id', async () => {
    const rows = await graph.walk('/users?$select=displayName&$top=7&$orderby=displayName desc')
    const ordered = rows.map(({ displayName }) => String(displayName).toLowerCase())
    expect(ordered).toEqual([...ordered].sort().reverse())
    expect(ordered).toHaveLength(37)
  })

  test('is refused for a property without an order', async () => {
    expect(await names('$orderby=mobilePhone')).toBe('Request_UnsupportedQuery')
  })
})

test('unknown and repeated options are refused', async () => {
  expect(await names('$orderBy=displayName')).toBe('BadRequest')
  expect(await names('$expand=manager')).toBe('BadRequest')
  expect(await names('$count=yes')).toBe('BadRequest')
  expect((await graph.get('/users?$top=1&$top=2')).status).toBe(400)
})
