import { expect, test } from 'vitest'
import { graphUnderTest } from './graph-under-test.ts'

test('an answer has the headers that were recorded', async () => {
  await using graph = await graphUnderTest()
  const { headers } = await graph.get('/users?$select=id')
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'no-cache',
    'content-type':
      'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    'odata-version': '4.0',
    'strict-transport-security': 'max-age=31536000',
    vary: 'Accept-Encoding',
    'x-ms-resource-unit': '1',
  })
  expect(JSON.parse(headers.get('x-ms-ags-diagnostic')!)).toHaveProperty('ServerInfo.DataCenter')
  expect(headers.get('client-request-id')).toBe(headers.get('request-id'))
})

test('an error has the body that was recorded, and the client’s own id comes back', async () => {
  await using graph = await graphUnderTest({ now: () => new Date('2026-05-06T07:08:09.123Z'), granted: [] })
  const id = 'a3f0c1d2-0000-4000-8000-000000000001'
  const { status, headers, body } = await graph.get('/users', { 'client-request-id': id })
  expect(status).toBe(403)
  expect(headers.get('content-type')).toBe('application/json')
  expect(headers.has('x-ms-resource-unit')).toBe(false)
  expect(headers.get('date')).toBe('Wed, 06 May 2026 07:08:09 GMT')
  expect(body).toEqual({
    error: {
      code: 'Authorization_RequestDenied',
      message: 'Insufficient privileges to complete the operation.',
      innerError: {
        date: '2026-05-06T07:08:09',
        'request-id': headers.get('request-id'),
        'client-request-id': id,
      },
    },
  })
})

test('gzip comes on demand, brotli never', async () => {
  await using graph = await graphUnderTest()
  const encoding = async (accepted: string) =>
    (await graph.get('/users', { 'accept-encoding': accepted })).headers.get('content-encoding')
  expect(await encoding('gzip, deflate, br')).toBe('gzip')
  expect(await encoding('br')).toBeNull()
})

test('without a token one is challenged', async () => {
  await using graph = await graphUnderTest()
  const { status, headers, body } = await graph.get('/users', { authorization: '' })
  expect([status, body.error.code]).toEqual([401, 'InvalidAuthenticationToken'])
  expect(headers.get('www-authenticate')).toContain('Bearer realm=""')
})

test.each([
  ['User.Read.All', ['/users', '/users/AdeleV@M365x214355.onmicrosoft.com']],
  ['GroupMember.Read.All', ['/groups']],
  ['Organization.Read.All', ['/organization']],
])('%s opens just its own', async (permission, open) => {
  await using graph = await graphUnderTest({ granted: [permission] })
  const paths = ['/users', '/users/AdeleV@M365x214355.onmicrosoft.com', '/groups', '/organization']
  for (const path of paths) expect((await graph.get(path)).status).toBe(open.includes(path) ? 200 : 403)
})

test.each(['/people', '/users/x/photo', '/groups/x/owners', '/organization/x/y', '/users/$count/x', '/'])(
  'the segment of %s is not found',
  async (path) => {
    await using graph = await graphUnderTest()
    const { status, body } = await graph.get(path)
    expect([status, body.error.code]).toEqual([400, 'BadRequest'])
    expect(body.error.message).toMatch(/^Resource not found for the segment '/)
  },
)

test('the organisation is the tenant of the token, with its verified domains', async () => {
  await using graph = await graphUnderTest({ otherTenants: true })
  const { tenant, world } = graph.emulator
  const { body } = await graph.get('/organization?$select=id,displayName,verifiedDomains')
  expect(body.value).toMatchObject([
    {
      id: tenant.id,
      displayName: 'Contoso',
      verifiedDomains: [{ isInitial: true }, { name: 'contoso.com' }],
    },
  ])
  expect((await graph.get(`/organization/${tenant.id}`)).body.id).toBe(tenant.id)
  expect((await graph.get(`/organization/${world.tenants[1]!.id}`)).status).toBe(404)
})

test('nothing can be written', async () => {
  await using graph = await graphUnderTest()
  const response = await fetch(`${graph.emulator.origin}/v1.0/users`, { method: 'POST' })
  expect(response.status).toBe(401)
  const { body } = await graph.batch([{ id: '1', method: 'DELETE', url: '/users/x' }])
  expect(body.responses[0]).toMatchObject({ status: 405, body: { error: { code: 'methodNotAllowed' } } })
})
