import type { Problem } from '@keyroster/api/problem.ts'
import type { RouteOptions } from 'fastify'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createTestPanel, type TestPanel } from './test-panel.ts'
import { routesOf, type TestRoute } from './test-routes.ts'
import { isAnything, isLoose, partsOf } from './test-schemas.ts'

let panel: TestPanel
let routes: TestRoute[]
beforeAll(async () => {
  const seen: RouteOptions[] = []
  panel = await createTestPanel({}, (route) => seen.push(route))
  routes = routesOf(seen).filter(({ method }) => method !== 'HEAD')
  expect(routes.length).toBeGreaterThan(30)
})
afterAll(() => panel.close())

const changes = () => routes.filter(({ method }) => method !== 'GET')
const reads = () => routes.filter((route) => route.method === 'GET')
/** Streams that end when whoever follows them goes away, which a test of answers never does. */
const isEndless = ({ url }: TestRoute) => url.endsWith('/events')
const withIds = (url: string) => url.replaceAll(/:\w+/g, crypto.randomUUID())

/** Sends a change as the operator's browser would, but for what a test makes of it. */
async function send({ method, url }: TestRoute, headers: Record<string, string>, payload?: string) {
  const response = await panel.app.inject({
    method,
    url: withIds(url),
    headers: { cookie: panel.cookie, 'x-keyroster': '1', ...headers },
    ...(payload !== undefined && { payload }),
  })
  return { status: response.statusCode, body: response.body }
}
const sendJson = (route: TestRoute, body: unknown) =>
  send(route, { 'content-type': 'application/json' }, JSON.stringify(body))

describe('every route that changes something', () => {
  it('takes the listed fields alone, but for what a browser makes of a passkey', () => {
    const loose = changes().flatMap(({ name, schema }) =>
      schema.body === undefined
        ? []
        : partsOf(schema.body)
            .filter(isLoose)
            .map(({ path }) => `${name}${path}`),
    )
    const ofBrowser = /^POST \/api\/(session\/\S*passkey|session\/step-up\S*|passkeys)\.response$/
    expect(loose.filter((part) => !ofBrowser.test(part))).toEqual([])
  })

  it('takes no list without an end', () => {
    const endless = changes().flatMap(({ name, schema }) =>
      schema.body === undefined
        ? []
        : partsOf(schema.body)
            .filter((part) => part.schema instanceof z.ZodArray && !z.toJSONSchema(part.schema).maxItems)
            .map(({ path }) => `${name}${path}`),
    )
    expect(endless).toEqual([])
  })

  it('refuses fields that would decide whose and what something is', async () => {
    for (const route of changes().filter(({ schema }) => schema.body !== undefined)) {
      const stray = { role: 'owner', workspaceId: panel.admin.workspaceId, source: 'entra', objectId: 'x' }
      const answer = await sendJson(route, stray)
      expect(answer, route.name).toMatchObject({ status: 400 })
    }
  })

  it('takes JSON alone: no form of another site, no file, no text', async () => {
    const types = [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      'text/plain; application/json',
      'application/xml',
      'application/jsonx',
      'text/json',
      'application/json, text/plain',
    ]
    for (const route of changes())
      for (const type of types) {
        const answer = await send(route, { 'content-type': type }, '{"id":"x"}')
        expect({ name: route.name, type, status: answer.status }).toEqual({
          name: route.name,
          type,
          status: 415,
        })
      }
  })

  it('refuses what a page of another site can send without being asked', async () => {
    for (const route of changes()) {
      const answers = [
        await panel.app.inject({
          method: route.method,
          url: withIds(route.url),
          headers: { cookie: panel.cookie, 'content-type': 'application/x-www-form-urlencoded' },
          payload: 'id=x',
        }),
        await panel.app.inject({
          method: route.method,
          url: withIds(route.url),
          headers: { cookie: panel.cookie, 'x-keyroster': '1', origin: 'https://evil.example' },
        }),
        await panel.app.inject({
          method: route.method,
          url: withIds(route.url),
          headers: { cookie: panel.cookie, 'x-keyroster': '1', 'sec-fetch-site': 'cross-site' },
        }),
      ]
      for (const answer of answers) {
        expect(answer.statusCode, route.name).toBe(403)
        expect(answer.json<Problem>().code).toBe('cross_site_refused')
      }
    }
  })

  it('is not reached by another verb in disguise', async () => {
    for (const disguise of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const { statusCode } = await panel.app.inject({
        method: 'GET',
        url: '/api/session?_method=DELETE',
        headers: { cookie: panel.cookie, [disguise]: 'DELETE' },
      })
      expect(statusCode).toBe(200)
    }
    expect((await panel.call('GET', '/api/session')).status).toBe(200)
  })

  it('bears any JSON in the place of its body without breaking', async () => {
    const odd = [
      '[]',
      '[[]]',
      '"text"',
      '1',
      '1e999',
      'true',
      '{"":0}',
      '{"toString":1,"valueOf":1,"hasOwnProperty":1}',
      `${'['.repeat(5000)}${']'.repeat(5000)}`,
      `${'{"a":'.repeat(5000)}0${'}'.repeat(5000)}`,
    ]
    for (const route of changes().filter(({ schema }) => schema.body !== undefined))
      for (const payload of odd) {
        const { status } = await send(route, { 'content-type': 'application/json' }, payload)
        expect({ name: route.name, payload: payload.slice(0, 50), status }).toMatchObject({ status: 400 })
      }
  })

  it('refuses bodies that reach for the prototype, and no object has more than before', async () => {
    const pollutions = [
      '{"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '{"\\u005f_proto__":{"polluted":true}}',
      '{"a":{"__proto__":{"polluted":true}}}',
    ]
    for (const route of changes().filter(({ schema }) => schema.body !== undefined))
      for (const payload of pollutions) {
        const { status } = await send(route, { 'content-type': 'application/json' }, payload)
        expect({ name: route.name, payload, status }).toEqual({ name: route.name, payload, status: 400 })
      }
    expect(Object({}).polluted).toBeUndefined()
  })
})

describe('every route that reads', () => {
  it('changes nothing in any table, but for when a session was last used and what the log says of it', async () => {
    const { db } = panel.panel.database
    await fill()
    const tables = await sql<{ name: string }>`
      select tablename as name from pg_tables where schemaname = 'public'
        and tablename not in ('sessions', 'audit_events', 'audit_heads')`.execute(db)
    const looks = tables.rows.map(
      ({
        name,
      }) => sql`select ${name} as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum
        from ${sql.table(name)} t`,
    )
    const look = async () => (await sql`${sql.join(looks, sql` union all `)} order by 1`.execute(db)).rows
    const before = await look()
    for (const { name, url } of reads().filter((route) => !isEndless(route))) {
      const path = url.replaceAll(/:\w+/g, () => ids.get(url.split('/')[2]!) ?? crypto.randomUUID())
      if (url.includes('*')) continue
      const { status } = await panel.call('GET', path)
      expect(status, name).not.toBe(500)
      expect(await look(), name).toEqual(before)
    }
  })

  it('says what it answers with, unless it is a file, a stream or a redirect', () => {
    const silent = reads().filter(({ schema }) => Object.keys(schema.response).length === 0)
    expect(silent.map(({ url }) => url).sort()).toEqual(
      expect.arrayContaining(['/*', '/api/docs', '/api/entra/callback', '/api/openapi.json']),
    )
    const files =
      /^\/(\*|api\/docs|api\/openapi\.json|api\/(entra|session\/microsoft)\/callback)$|\/certificate$|\.(csv|jsonl)$|\/(events|export)$/
    expect(silent.map(({ url }) => url).filter((url) => !files.test(url))).toEqual([])
  })

  it('bears a parameter that is given twice, or as an array or object, without breaking', async () => {
    for (const { name, url, schema } of reads().filter((route) => !isEndless(route))) {
      const fields = schema.querystring === undefined ? [] : partsOf(schema.querystring).slice(1)
      const names = new Set(fields.flatMap(({ path }) => /^\.(\w+)$/.exec(path)?.[1] ?? []))
      for (const field of names) {
        const { status } = await panel.call('GET', `${withIds(url)}?${field}=5&${field}=5`)
        expect({ name, field, status }).toEqual({ name, field, status: 400 })
        const nested = await panel.call(
          'GET',
          `${withIds(url)}?${field}[]=5&${field}[a]=5&__proto__[polluted]=1`,
        )
        expect(nested.status, `${name} ${field}`).toBeLessThan(500)
      }
    }
    expect(Object({}).polluted).toBeUndefined()
  })
})

describe('every route', () => {
  it('answers with listed fields alone: nothing passes that a schema does not name', () => {
    const anything = routes.flatMap(({ name, schema }) =>
      Object.entries(schema.response).flatMap(([status, response]) =>
        partsOf(response)
          .filter(isAnything)
          .map(({ path }) => `${name} ${status} ${path}`),
      ),
    )
    // What the browser needs to ask for a passkey is made by the WebAuthn library, of public things; the detail of an audit
    // event is what was recorded about one action.
    const open = / 200 \.options\.\{\}$|^GET \/api\/audit 200 \.items\.\[\]\.detail\.\{\}$/
    expect(anything.filter((part) => !open.test(part))).toEqual([])
    const silent = changes().filter(({ schema }) => Object.keys(schema.response).length === 0)
    expect(silent.map(({ name }) => name)).toEqual([])
  })

  it('with an id in its address leads nowhere where that is none', async () => {
    for (const route of routes.filter(({ url }) => url.includes('/:'))) {
      for (const odd of ['1', 'null', '__proto__', '0199aaaa', '%00', 'x'.repeat(200), "'or'1"]) {
        const answer = await panel.app.inject({
          method: route.method,
          url: route.url.replaceAll(/:\w+/g, odd),
          headers: {
            cookie: panel.cookie,
            ...(route.method !== 'GET' && { 'x-keyroster': '1', 'content-type': 'application/json' }),
          },
          ...(route.method !== 'GET' && { payload: '{}' }),
        })
        expect([400, 404, 405, 414], `${route.name} ${odd}`).toContain(answer.statusCode)
      }
    }
  })

  it('keeps its answer out of caches, and says what it is', async () => {
    for (const { url, name } of reads().filter(
      (route) => route.url.startsWith('/api/') && !isEndless(route),
    )) {
      const { headers } = await panel.app.inject({ url: withIds(url), headers: { cookie: panel.cookie } })
      expect(headers, name).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      if (headers['content-length'] !== '0')
        expect(headers['content-type'], name).toMatch(/^(application|text)\/\S+/)
    }
  })
})

/** What there is to read, by the word that its addresses begin with. */
const ids = new Map<string, string>()

async function fill(): Promise<void> {
  const { db } = panel.panel.database
  const { workspaceId, id: adminId } = panel.admin
  const user = await panel.call<{ id: string }>('POST', '/api/users', {
    displayName: 'Adele Vance',
    email: 'adele@contoso.com',
  })
  const connection = await panel.call<{ id: string }>('POST', '/api/connections', {
    tenant: 'contoso.com',
    clientId: crypto.randomUUID(),
    credential: { kind: 'certificate' },
  })
  const run = crypto.randomUUID()
  await sql`insert into import_runs (id, workspace_id, connection_id, connection_name, tenant_id, verified_domains, state,
      scope, mode, include_guests, include_disabled, created_by, created_by_name)
    values (${run}, ${workspaceId}, ${connection.body.id}, 'Contoso', ${crypto.randomUUID()}, '{}', 'cancelled',
      '{"kind":"all-users"}', 'new', false, false, ${adminId}, 'Operator')`.execute(db)
  ids
    .set('users', user.body.id)
    .set('connections', connection.body.id)
    .set('imports', run)
    .set('admins', adminId)
}
