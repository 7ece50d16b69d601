import { expect, test } from 'vitest'
import { EVENTUAL, type GraphBody, graphUnderTest } from './graph-under-test.ts'

const part = (id: string, url: string, more: object = {}) => ({ id, method: 'GET', url, ...more })
const byId = (body: GraphBody) => new Map(body.responses.map((response) => [response.id, response]))

test('parts succeed and fail by themselves, with their own headers and cost', async () => {
  await using graph = await graphUnderTest()
  const { status, body } = await graph.batch([
    part('a', '/users?$select=id&$top=2'),
    part('b', '/users/nobody@contoso.com'),
    part('c', '/users/$count', { headers: EVENTUAL }),
    part('d', '/users/$count'),
  ])
  expect(status).toBe(200)
  const parts = byId(body)
  expect(parts.get('a')).toMatchObject({ status: 200, headers: { 'x-ms-resource-unit': '1' } })
  expect(parts.get('a')?.body['@odata.nextLink']).toMatch(`${graph.emulator.origin}/v1.0/users?`)
  expect(parts.get('b')).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } })
  expect(parts.get('c')).toMatchObject({ status: 200, body: '37' })
  expect(parts.get('d')?.status).toBe(400)
  expect(graph.emulator.requests.list().at(-1)).toMatchObject({
    route: 'batch',
    parts: [
      { method: 'GET', path: '/v1.0/users', query: '$select=id&$top=2' },
      { method: 'GET', path: '/v1.0/users/nobody@contoso.com', query: '' },
      { method: 'GET', path: '/v1.0/users/$count', query: '' },
      { method: 'GET', path: '/v1.0/users/$count', query: '' },
    ],
    cost: 3,
  })
})

test('answers come in any order', async () => {
  await using graph = await graphUnderTest()
  const ids = Array.from({ length: 20 }, (_, index) => String(index))
  const { body } = await graph.batch(ids.map((id) => part(id, '/organization')))
  const answered = body.responses.map(({ id }) => id)
  expect(answered).not.toEqual(ids)
  expect(new Set(answered)).toEqual(new Set(ids))
})

test('what depends on a failed part fails with 424', async () => {
  await using graph = await graphUnderTest()
  const { body } = await graph.batch([
    part('1', '/users/nobody@contoso.com'),
    part('2', '/organization', { dependsOn: ['1'] }),
    part('3', '/organization', { dependsOn: ['2'] }),
    part('4', '/organization'),
  ])
  expect(['1', '2', '3', '4'].map((id) => byId(body).get(id)?.status)).toEqual([404, 424, 424, 200])
})

test('each part is throttled by itself', async () => {
  await using graph = await graphUnderTest({
    throttle: { unitsPer10Seconds: 3 },
    now: () => new Date('2026-01-01T00:00:00Z'),
  })
  const { status, body } = await graph.batch(['1', '2', '3', '4'].map((id) => part(id, '/organization')))
  expect(status).toBe(200)
  expect(['1', '2', '3', '4'].map((id) => byId(body).get(id)?.status)).toEqual([200, 200, 200, 429])
  expect(byId(body).get('4')?.headers['Retry-After']).toBe('3.334')
})

test.each([
  ['more than twenty parts', Array.from({ length: 21 }, (_, index) => part(String(index), '/organization'))],
  ['two of one id', [part('1', '/users'), part('1', '/groups')]],
  ['a batch in a batch', [{ id: '1', method: 'POST', url: '/$batch' }]],
  ['a dependency that is not there', [part('1', '/users', { dependsOn: ['2'] })]],
  ['an absolute address', [part('1', 'https://graph.microsoft.com/v1.0/users')]],
  ['no method', [{ id: '1', url: '/users' }]],
  ['no parts', []],
])('%s is refused as a whole', async (_what, requests) => {
  await using graph = await graphUnderTest()
  const { status, body } = await graph.batch(requests)
  expect([status, body.error.code]).toEqual([400, 'BadRequest'])
})

test('a batch needs a token like any other request', async () => {
  await using graph = await graphUnderTest()
  const response = await fetch(`${graph.emulator.origin}/v1.0/$batch`, { method: 'POST', body: '{}' })
  expect(response.status).toBe(401)
})
