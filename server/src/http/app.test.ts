import type { Problem } from '@keyroster/api/problem.ts'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { callWith, createTestPanel, type TestPanel } from './test-panel.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

async function send(options: InjectOptions) {
  const response = await panel.app.inject(options)
  return { status: response.statusCode, headers: response.headers, body: response.json<Problem>() }
}

/** A change as the operator's browser sends it, but for `headers`. */
const change = (headers: Record<string, string>, payload = '{}') =>
  send({
    method: 'POST',
    url: '/api/users',
    headers: { cookie: panel.cookie, 'x-keyroster': '1', 'content-type': 'application/json', ...headers },
    payload,
  })

describe('every problem', () => {
  test('is problem+json with a stable code, one sentence, and the request’s id in body and header', async () => {
    const answer = await send({ method: 'GET', url: '/api/nowhere' })
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'not_found',
      detail: 'There is nothing at this address.',
      requestId: expect.stringMatching(uuid),
    })
    expect(answer.headers['x-request-id']).toBe(answer.body.requestId)
  })

  test('has an id of our own, whatever the caller sends as one', async () => {
    const answer = await send({ method: 'GET', url: '/api/nowhere', headers: { 'x-request-id': 'mine\r\n' } })
    expect(answer.body.requestId).toMatch(uuid)
  })

  test('about a malformed request says what is wrong with it', async () => {
    const cases: [Record<string, string>, string, number, RegExp][] = [
      [{}, '{"displayName":', 400, /not well-formed JSON/],
      [{}, '', 400, /body is empty/],
      [{}, '{"__proto__":{"admin":true}}', 400, /not well-formed JSON/],
      [{ 'content-type': 'text/plain' }, 'a=b', 415, /content-type: application\/json/],
      [{ 'content-type': 'application/x-www-form-urlencoded' }, 'a=b', 415, /application\/json/],
      [{}, `{"displayName":"${'x'.repeat(1_100_000)}"}`, 413, /too large/],
    ]
    for (const [headers, payload, status, detail] of cases) {
      const answer = await change(headers, payload)
      expect(answer).toMatchObject({ status, body: { status, code: 'bad_request' } })
      expect(answer.body.detail).toMatch(detail)
    }
    const undecodable = await send({ method: 'GET', url: '/api/users/%zz' })
    expect(undecodable).toMatchObject({
      status: 400,
      body: { code: 'bad_request', detail: 'The address cannot be decoded.' },
    })
  })

  test('about a body names every field that is wrong, missing or unknown', async () => {
    const answer = await change({}, '{"email":"nobody","jobTitle":3,"isAdmin":true,"workspaceId":"x"}')
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad_request' } })
    const fields = new Map(answer.body.fields?.map(({ field, message }) => [field, message]))
    expect([...fields.keys()].sort()).toEqual(['displayName', 'email', 'isAdmin', 'jobTitle', 'workspaceId'])
    expect(fields.get('displayName')).toBe('This value is missing.')
    expect(fields.get('isAdmin')).toBe('There is no such field.')
    expect(fields.get('email')).toBe('Enter an email address, such as adele@contoso.com.')
  })

  test('about text that cannot be stored is a bad request, in the body, its keys and the query', async () => {
    for (const body of ['{"displayName":"a\\u0000b"}', '{"displayName":"\\ud83d"}', '{"a\\u0000":1}']) {
      expect(await change({}, body)).toMatchObject({ status: 400, body: { fields: [{ field: 'body' }] } })
    }
    const query = await panel.call('GET', '/api/users?search=%00')
    expect(query).toMatchObject({ status: 400, body: { fields: [{ field: 'query' }] } })
  })

  test('that nobody expected says nothing but the request’s id', async () => {
    const broken = await createTestPanel()
    try {
      await broken.panel.database.close()
      const answer = await broken.call<Problem>('GET', '/api/users')
      expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } })
      expect(answer.body.detail).toContain(answer.body.requestId)
      expect(JSON.stringify(answer.body)).not.toMatch(/pool|pg/)
      expect(await broken.call('GET', '/readyz')).toMatchObject({ status: 503, body: { status: 'unready' } })
      expect(await broken.call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
    } finally {
      await broken.app.close()
    }
  })
})

describe('a change', () => {
  test('is refused without our own header, from a foreign origin, and from another site', async () => {
    const foreign: Record<string, string>[] = [
      { 'x-keyroster': '' },
      { 'x-keyroster': '2' },
      { origin: 'https://evil.example' },
      { origin: 'http://localhost:8081' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]
    for (const headers of foreign) {
      expect(await change(headers)).toMatchObject({ status: 403, body: { code: 'cross_site_refused' } })
    }
  })

  test('passes from the panel’s own origin', async () => {
    const own: Record<string, string>[] = [
      { origin: 'http://localhost:8080' },
      { 'sec-fetch-site': 'same-origin' },
    ]
    for (const headers of own) {
      expect((await change(headers)).body.code).toBe('bad_request')
    }
  })

  test('is refused before anybody looks at its body or at who sent it', async () => {
    const answer = await send({ method: 'POST', url: '/api/session/link', payload: '{' })
    expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site_refused' } })
  })
})

describe('the API document', () => {
  const document = z.object({
    openapi: z.string(),
    paths: z.record(
      z.string(),
      z.record(z.string(), z.looseObject({ summary: z.string(), tags: z.array(z.string()) })),
    ),
  })
  const operations = async () => {
    const answer = await callWith(panel.app)('GET', '/api/openapi.json')
    return Object.entries(document.parse(answer.body).paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path, method })),
    )
  }

  test('is OpenAPI 3.1 and describes the routes, with problems as the other answer', async () => {
    const { body } = await callWith(panel.app)('GET', '/api/openapi.json')
    expect(document.parse(body).openapi).toBe('3.1.0')
    expect(body).toMatchObject({
      paths: {
        '/api/users/{id}': {
          patch: {
            responses: {
              200: { content: { 'application/json': {} } },
              default: { content: { 'application/problem+json': { schema: { properties: { code: {} } } } } },
            },
          },
        },
      },
    })
  })

  test('names every route that needs a session: without one, each of them answers 401', async () => {
    const open = new Set([
      'get /healthz',
      'get /readyz',
      'get /api/entra/callback',
      'get /api/session/ways',
      'post /api/session/invitation',
      'post /api/session/invitation/look',
      'post /api/session/link',
      'post /api/session/microsoft',
      'post /api/session/passkey',
      'post /api/session/passkey/options',
    ])
    const closed = (await operations()).filter(({ method, path }) => !open.has(`${method} ${path}`))
    expect(closed.length).toBeGreaterThan(10)
    for (const { method, path } of closed) {
      const answer = await send({
        method: method.toUpperCase() as 'GET',
        url: path.replace(/\{\w+\}/g, '0199aaaa-0000-7000-8000-000000000001'),
        headers: { 'x-keyroster': '1' },
      })
      expect(answer, `${method} ${path}`).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
    }
  })

  test('has a page for people, without a script', async () => {
    const { body, headers } = await callWith(panel.app)<string>('GET', '/api/docs')
    expect(headers['content-type']).toMatch(/^text\/html/)
    expect(body).toContain('<code>PATCH /api/users/{id}</code>')
    expect(body).not.toMatch(/<script|\son\w+=|\sstyle=/)
    const nonce = /'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1]
    expect(body).toContain(`<style nonce="${nonce}">`)
  })
})

describe('security headers', () => {
  test('let a page load what the panel marked alone, run nothing inline, and be framed by nobody', async () => {
    const { headers } = await panel.app.inject({ method: 'GET', url: '/api/docs' })
    const nonce = /'nonce-([\w+/]{22}==)'/.exec(String(headers['content-security-policy']))?.[1]
    expect(String(headers['content-security-policy']).split('; ').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "font-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "object-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'self' 'nonce-${nonce}'`,
    ])
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'permissions-policy': expect.stringContaining('camera=()'),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(headers['strict-transport-security']).toBeUndefined()
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers.server).toBeUndefined()
  })

  test('let nothing run or load in an answer that is no page', async () => {
    for (const path of ['/healthz', '/api/users', '/api/openapi.json', '/assets/nowhere.js']) {
      const { headers } = await panel.app.inject({ method: 'GET', url: path })
      expect(headers['content-security-policy'], path).toBe(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      )
    }
  })

  test('keep every answer of the API out of caches', async () => {
    for (const path of ['/api/users', '/api/nowhere', '/api/openapi.json']) {
      expect((await panel.call('GET', path)).headers['cache-control']).toBe('no-store')
    }
  })

  test('insist on https where the panel is on https', async () => {
    const secure = await createTestPanel({ baseUrl: 'https://keys.contoso.com' })
    try {
      const { headers } = await secure.call('GET', '/healthz')
      expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
    } finally {
      await secure.close()
    }
  })
})
