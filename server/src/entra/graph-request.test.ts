import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkDirectory } from './check-directory.ts'
import { createSession } from './directory-session.ts'
import { createGraph, type GraphWait } from './graph-client.ts'
import { usersPath } from './list-users.ts'
import { openTestGraph, type TestGraph } from './test-graph.ts'

type Effect = Parameters<TestGraph['emulator']['faults']['add']>[0]['effect']

describe('a request to Graph', () => {
  let test: TestGraph
  const listeners: Server[] = []
  beforeEach(async () => {
    test = await openTestGraph()
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    for (const server of listeners.splice(0)) server.close()
  })

  const fault = (effect: Effect, times = 1) => test.emulator.faults.add({ route: 'users', effect, times })
  const userCount = () => test.emulator.tenant.directory.userCount

  /** Listens on a port of its own and keeps what it was asked. */
  const listen = async (
    answer: (request: IncomingMessage) => [status: number, headers: Record<string, string>, body: string],
  ) => {
    const asked: IncomingMessage[] = []
    const server = createServer((request, response) => {
      asked.push(request)
      const [status, headers, body] = answer(request)
      response.writeHead(status, headers).end(body)
    })
    listeners.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { asked, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  it('asks for one token, and names itself by a client request id', async () => {
    await test.graph.page(usersPath)
    await test.graph.page(usersPath)
    expect(test.asked('/token')).toBe(1)
    expect(test.log.join('')).toMatch(/"clientRequestId":"[0-9a-f-]{36}".*"requestId":"[0-9a-f-]{36}"/)
  })

  it('shares one token request between callers who come at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => test.graph.page(usersPath)))
    expect(test.asked('/token')).toBe(1)
  })

  it('waits as long as a 429 says, to the fraction, and holds back everybody of the connection', async () => {
    fault({ kind: 'status', status: 429, retryAfter: '1.25' })
    const waits: GraphWait[] = []
    const started = performance.now()
    const throttled = test.graph.page(usersPath, { onWait: (wait) => waits.push(wait) })
    while (test.asked('/users') === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const other = test.graph.get('/organization').then(() => performance.now() - started)
    expect((await throttled).items).toHaveLength(userCount())
    expect(performance.now() - started).toBeGreaterThanOrEqual(1_250)
    expect(await other).toBeGreaterThanOrEqual(1_200)
    expect(waits).toEqual([{ reason: 'throttled', until: expect.any(Date) }])
  })

  it.each<[string, Effect]>([
    ['500', { kind: 'status', status: 500, code: 'UnknownError', message: '' }],
    ['502', { kind: 'status', status: 502 }],
    ['503 with a wait', { kind: 'status', status: 503, retryAfter: 1 }],
    ['504', { kind: 'status', status: 504 }],
    ['a reset connection', { kind: 'reset' }],
    ['a truncated body', { kind: 'truncate' }],
    ['a page of HTML', { kind: 'html' }],
    ['an empty body', { kind: 'empty' }],
    ['an error in a 200', { kind: 'status', status: 200, body: { error: { code: 'x' } } }],
  ])('is made again after %s, and takes nothing from the broken answer', async (_what, effect) => {
    fault(effect)
    const waits: GraphWait[] = []
    const page = await test.graph.page(usersPath, { onWait: (wait) => waits.push(wait) })
    expect(page.items).toHaveLength(userCount())
    expect(test.asked('/users')).toBe(2)
    expect(waits.map(({ reason }) => reason)).toEqual(['unreachable'])
  })

  it.each<[string, Effect, string]>([
    ['a proxy’s page', { kind: 'html' }, 'microsoft_failed'],
    ['resets', { kind: 'reset' }, 'microsoft_unreachable'],
    ['429', { kind: 'status', status: 429, retryAfter: 60 }, 'throttled'],
  ])(
    'gives up on nothing but %s when patience ends, and may be made again later',
    async (_what, effect, code) => {
      fault(effect, Number.POSITIVE_INFINITY)
      await expect(test.graph.page(usersPath, { patience: 300 })).rejects.toMatchObject({
        code,
        retryable: true,
      })
    },
  )

  it.each<[string, Effect]>([
    ['a page of HTML', { kind: 'html' }],
    ['an empty body', { kind: 'empty' }],
    ['an error in a 200', { kind: 'status', status: 200, body: { error: { code: 'x' } } }],
    ['a 200 without a token', { kind: 'status', status: 200, body: {} }],
  ])('asks again for a token after %s', async (_what, effect) => {
    test.emulator.faults.add({ route: 'token', nth: 1, effect })
    expect((await test.graph.page(usersPath)).items).toHaveLength(userCount())
    expect(test.asked('/token')).toBe(2)
  })

  it('gets one new token after a 401, and no third try', async () => {
    fault({ kind: 'status', status: 401, code: 'InvalidAuthenticationToken' })
    expect((await test.graph.page(usersPath)).items).toHaveLength(userCount())
    expect(test.asked('/token')).toBe(2)

    test.emulator.requests.clear()
    fault({ kind: 'status', status: 401, code: 'InvalidAuthenticationToken' }, 5)
    await expect(test.graph.page(usersPath)).rejects.toMatchObject({
      code: 'sign_in_failed',
      retryable: false,
    })
    expect([test.asked('/users'), test.asked('/token')]).toEqual([2, 1])
  })

  it.each([
    [403, 'Authorization_RequestDenied', 'permission_missing'],
    [403, 'Authorization_IdentityNotFound', 'consent_missing'],
    [400, 'Request_BadRequest', 'microsoft_failed'],
    [400, 'Directory_ExpiredPageToken', 'directory_changed_while_reading'],
    [410, 'syncStateNotFound', 'directory_changed_while_reading'],
    [501, 'NotImplemented', 'microsoft_failed'],
    [404, 'Request_ResourceNotFound', 'not_found'],
  ])('is not made again after %i %s', async (status, graphCode, code) => {
    fault({ kind: 'status', status, code: graphCode, message: 'Something private.' })
    const failure = test.graph.page(usersPath)
    await expect(failure).rejects.toMatchObject({ code, status, graphCode, retryable: false })
    await expect(failure).rejects.not.toThrow('Something private')
    expect(test.asked('/users')).toBe(1)
  })

  it('names the permission that a 403 is about', async () => {
    test.emulator.revoke(['User.Read.All'])
    await expect(test.graph.page(usersPath)).rejects.toThrow(
      'The app does not have the permission User.Read.All.',
    )
  })

  it('fails with the reason of the signal, also while it waits', async () => {
    fault({ kind: 'status', status: 429, retryAfter: 60 })
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const page = test.graph.page(usersPath, { signal: stop.signal, onWait: () => stop.abort(reason) })
    await expect(page).rejects.toBe(reason)
  })

  it('says that Microsoft cannot be reached where nothing listens', async () => {
    await test.emulator.close()
    await expect(test.graph.page(usersPath, { patience: 0 })).rejects.toMatchObject({
      code: 'microsoft_unreachable',
    })
  })

  it('follows no next link to another origin: the token is never sent there', async () => {
    const foreign = await listen(() => [200, {}, '{}'])
    fault({ kind: 'foreign-next-link', origin: foreign.origin })
    await expect(test.graph.page('/users?$top=5&$select=id')).rejects.toMatchObject({
      code: 'next_link_refused',
    })
    await expect(test.graph.page(`${foreign.origin}/v1.0/users`)).rejects.toMatchObject({
      code: 'next_link_refused',
    })
    expect(foreign.asked).toEqual([])
  })

  it('follows no redirect: the token is never sent there', async () => {
    const foreign = await listen(() => [200, { 'content-type': 'application/json' }, '{"value":[]}'])
    const proxy = await listen((request) =>
      request.url?.endsWith('/token')
        ? [
            200,
            { 'content-type': 'application/json' },
            '{"token_type":"Bearer","expires_in":3599,"access_token":"t"}',
          ]
        : [307, { location: `${foreign.origin}${request.url}` }, ''],
    )
    const graph = createGraph(
      createSession(
        {
          endpoints: { login: proxy.origin, graph: proxy.origin },
          tenantId: test.emulator.tenant.id,
          clientId: test.emulator.app.clientId,
          credential: { kind: 'secret', secret: 'x' },
        },
        pino({ level: 'silent' }),
      ),
    )
    await expect(graph.page(usersPath)).rejects.toMatchObject({ code: 'next_link_refused', status: 307 })
    expect(proxy.asked).toHaveLength(2)
    expect(foreign.asked).toEqual([])
  })

  it('says at once that it must wait to whoever asks while the connection is held back', async () => {
    fault({ kind: 'status', status: 429, retryAfter: 60 })
    await expect(test.graph.page(usersPath, { patience: 100 })).rejects.toMatchObject({ code: 'throttled' })
    test.emulator.requests.clear()
    await expect(test.graph.get('/organization', { patience: 100 })).rejects.toMatchObject({
      code: 'throttled',
    })
    expect(test.emulator.requests.count()).toBe(0)
  })

  it('keeps tokens and secrets out of the log', async () => {
    fault({ kind: 'reset' })
    await test.graph.page(usersPath)
    expect(test.log.join('')).toContain('graph did not answer')
    expect(test.log.join('')).not.toContain(test.emulator.app.secrets[0]!.value)
    expect(test.log.join('')).not.toMatch(/Bearer|eyJ[\w-]+\./)
  })
})

describe('an answer of Graph', () => {
  const token = '{"token_type":"Bearer","expires_in":3599,"access_token":"t"}'
  const json = { 'content-type': 'application/json; charset=utf-8' }
  const closing: (() => void)[] = []
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })

  /** A Graph whose answers are written by hand; the token endpoint answers what it is given. */
  const openBy = async (answer: (response: ServerResponse) => void, tokenBody = token) => {
    const log: string[] = []
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(new URL(request.url ?? '', 'http://localhost').pathname)
      if (request.url?.endsWith('/token')) response.writeHead(200, json).end(tokenBody)
      else answer(response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(
      () => server.closeAllConnections(),
      () => server.close(),
    )
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const session = createSession(
      {
        endpoints: { login: origin, graph: origin },
        tenantId: '6b2f1c2e-9c1d-4c57-8a0b-0d5f7b8e2a14',
        clientId: 'x',
        credential: { kind: 'secret', secret: 'x' },
      },
      pino({ level: 'warn' }, { write: (line: string) => log.push(line) }),
    )
    return { graph: createGraph(session), session, log, asked }
  }

  it('is read where it is compressed, and refused where the compression is broken', async () => {
    let body = gzipSync('{"value":[{"id":"1"}],"@odata.count":1}')
    const { graph } = await openBy((response) =>
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(body),
    )
    expect(await graph.page('/users')).toEqual({ items: [{ id: '1' }], next: null, count: 1 })
    body = body.subarray(0, -10)
    await expect(graph.page('/users', { patience: 0 })).rejects.toMatchObject({
      code: 'microsoft_unreachable',
    })
  })

  it.each(['{}', '{"value":{}}', '{"value":null}', '{"value":[],"@odata.nextLink":7}', '[]', '"value"'])(
    'is no page without a list: %s',
    async (body) => {
      const { graph } = await openBy((response) => response.writeHead(200, json).end(body))
      await expect(graph.page('/users', { patience: 0 })).rejects.toMatchObject({ code: 'microsoft_failed' })
    },
  )

  it('may be an empty page that goes on', async () => {
    let origin = ''
    const { graph, session } = await openBy((response) =>
      response.writeHead(200, json).end(`{"value":[],"@odata.nextLink":"${origin}/v1.0/users?$skiptoken=x"}`),
    )
    origin = session.graphOrigin
    expect(await graph.page('/users')).toEqual({
      items: [],
      next: `${origin}/v1.0/users?$skiptoken=x`,
      count: null,
    })
  })

  it('shows a wrong clock, which is logged once and told by a check', async () => {
    const headers = { ...json, date: new Date(Date.now() - 5 * 60_000).toUTCString() }
    const { session, log } = await openBy((response) =>
      response.writeHead(200, headers).end(`{"value":[{"id":"${session.tenantId}"}],"@odata.count":1}`),
    )
    const { result } = await checkDirectory(session)
    expect(result).toMatchObject({ healthy: true, rows: [{ works: true, code: 'clock_off' }, {}, {}, {}] })
    expect(result.rows[0]?.finding).toContain('5 minutes ahead')
    expect(log.filter((line) => line.includes('clock'))).toHaveLength(1)
  })

  it('needs a new token where the lifetime of the last one is over', async () => {
    const { graph, asked } = await openBy(
      (response) => response.writeHead(200, json).end('{"value":[]}'),
      token.replace('3599', '0'),
    )
    await graph.page('/users')
    await graph.page('/users')
    expect(asked.filter((path) => path.endsWith('/token'))).toHaveLength(2)
  })

  it.each([
    ['HTML', '<html>'],
    ['half of its JSON', '{"token_type":"Bea'],
  ])('is not asked for while the token endpoint sends %s', async (_what, body) => {
    const { graph, asked } = await openBy((response) => response.end(), body)
    await expect(graph.page('/users', { patience: 0 })).rejects.toMatchObject({
      code: 'microsoft_failed',
      retryable: true,
    })
    expect(asked).toHaveLength(1)
  })
})

describe('a batch', () => {
  let test: TestGraph
  beforeEach(async () => {
    test = await openTestGraph({ seed: { users: 5, groups: 45, membersPerGroup: 3, seed: 7 } })
  })
  afterEach(async () => test[Symbol.asyncDispose]())

  const requests = () =>
    [...test.emulator.tenant.directory.groups()].map(({ id }) => ({ id, url: `/groups/${id}?$select=id` }))

  it('asks by twenty', async () => {
    const answers = await test.graph.batch(requests())
    expect([...answers.values()].map(({ status }) => status)).toEqual(Array(45).fill(200))
    expect(test.asked('$batch')).toBe(3)
  })

  it('asks the throttled parts again, and only those', async () => {
    test.emulator.faults.add({
      route: 'group',
      times: 3,
      effect: { kind: 'status', status: 429, retryAfter: '1' },
    })
    const answers = await test.graph.batch(requests().slice(0, 20))
    expect([...answers.values()].map(({ status }) => status)).toEqual(Array(20).fill(200))
    const sizes = test.emulator.requests.list().flatMap(({ parts }) => parts?.length ?? [])
    expect(sizes).toEqual([20, 3])
  })

  it('waits for a throttled part until a date by Microsoft’s clock, where ours is an hour behind', async () => {
    const theirs = () => new Date(Date.now() + 3_600_000)
    await using other = await openTestGraph({ now: theirs })
    const retryAfter = new Date(theirs().getTime() + 3_000).toUTCString()
    const effect = { kind: 'status', status: 429, retryAfter } as const
    other.emulator.faults.add({ route: 'organization', nth: 1, effect })
    const waits: number[] = []
    const onWait = ({ until }: GraphWait) => void waits.push(until.getTime() - Date.now())
    const answers = await other.graph.batch([{ id: '1', url: '/organization' }], { onWait })
    expect(answers.get('1')?.status).toBe(200)
    expect(waits).toHaveLength(1)
    expect(waits[0]).toBeLessThan(5_000)
  })

  it('answers a part that failed for good by itself', async () => {
    const id = '00000000-0000-0000-0000-00000000dead'
    const answers = await test.graph.batch([...requests().slice(0, 2), { id, url: `/groups/${id}` }])
    expect(answers.get(id)?.status).toBe(404)
    expect([...answers.values()].filter(({ status }) => status === 200)).toHaveLength(2)
  })
})
