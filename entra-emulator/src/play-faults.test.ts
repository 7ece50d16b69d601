import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { FaultEffect } from './faults.ts'
import { EVENTUAL, graphUnderTest } from './graph/graph-under-test.ts'

const PAGE = '/users?$top=5&$select=id'

test('a status comes with the Retry-After and the body of the script', async () => {
  await using graph = await graphUnderTest()
  const { faults } = graph.emulator
  faults.add({ route: 'users', nth: 1, effect: { kind: 'status', status: 503, retryAfter: 2.5 } })
  faults.add({ route: 'users', nth: 2, effect: { kind: 'status', status: 200, body: { error: {} } } })
  const first = await graph.get(PAGE)
  expect(first.status).toBe(503)
  expect(first.headers.get('retry-after')).toBe('2.5')
  expect(first.body.error).toMatchObject({ code: 'UnknownError', message: '' })
  expect((await graph.get(PAGE)).body).toEqual({ error: {} })
  expect((await graph.get(PAGE)).body.value).toHaveLength(5)
})

test('broken answers look as they do on a wire', async () => {
  await using graph = await graphUnderTest()
  const only = (effect: FaultEffect) => {
    graph.emulator.faults.clear()
    graph.emulator.faults.add({ route: 'users', effect })
  }
  only({ kind: 'reset' })
  await expect(graph.get(PAGE)).rejects.toThrow('fetch failed')
  only({ kind: 'truncate' })
  await expect(graph.get(PAGE)).rejects.toThrow('terminated')
  only({ kind: 'html' })
  const page = await graph.get(PAGE)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toContain('text/html')
  only({ kind: 'empty' })
  expect(await graph.get(PAGE)).toMatchObject({ status: 200, body: '' })
  only({ kind: 'delay', ms: 80 })
  const before = performance.now()
  expect((await graph.get(PAGE)).body.value).toHaveLength(5)
  expect(performance.now() - before).toBeGreaterThan(75)
})

test('a whole answer can be wrong in itself', async () => {
  await using graph = await graphUnderTest()
  const only = (effect: FaultEffect) => {
    graph.emulator.faults.clear()
    graph.emulator.faults.add({ route: 'users', effect })
  }
  only({ kind: 'content-type', value: 'text/plain' })
  const plain = await graph.get(PAGE)
  expect([plain.status, plain.headers.get('content-type')]).toEqual([200, 'text/plain'])
  only({ kind: 'cut-json' })
  await expect(graph.get(PAGE)).rejects.toThrow(SyntaxError)
  only({ kind: 'broken-gzip' })
  await expect(graph.get(PAGE)).rejects.toThrow('terminated')
  only({ kind: 'dripping-body', everyMs: 20 })
  const whole = graph.get(PAGE).catch(() => 'cut off when the emulator closes')
  expect(await Promise.race([whole, setTimeout(200, 'still coming')])).toBe('still coming')
})

test('login can be struck too', async () => {
  await using graph = await graphUnderTest()
  graph.emulator.faults.add({ route: 'token', effect: { kind: 'status', status: 500, code: 'server_error' } })
  const response = await fetch(`${graph.emulator.origin}/contoso.com/oauth2/v2.0/token`, { method: 'POST' })
  expect(response.status).toBe(500)
  expect(await response.json()).toMatchObject({ error: 'server_error' })
})

test('an expired skiptoken strikes only requests that carry one', async () => {
  await using graph = await graphUnderTest()
  graph.emulator.faults.add({ route: 'users', nth: 2, effect: { kind: 'expired-skiptoken' } })
  const { body: first } = await graph.get(PAGE)
  const { body: second } = await graph.get(first['@odata.nextLink']!)
  const third = await graph.get(second['@odata.nextLink']!)
  expect(third.status).toBe(400)
  expect(third.body.error.code).toBe('Directory_ExpiredPageToken')
})

test('rows repeat, and an empty page leads to the page that was due', async () => {
  await using graph = await graphUnderTest()
  const all = (await graph.walk(PAGE)).map(({ id }) => id)
  graph.emulator.faults.add({ route: 'users', nth: 2, effect: { kind: 'duplicate-rows' } })
  graph.emulator.faults.add({ route: 'users', nth: 3, effect: { kind: 'empty-page' } })
  const ids = (await graph.walk(PAGE)).map(({ id }) => id)
  expect(ids).toHaveLength(all.length + 1)
  expect([...new Set(ids)]).toEqual(all)
})

test('next links lead elsewhere or back', async () => {
  await using graph = await graphUnderTest()
  const { faults } = graph.emulator
  faults.add({ route: 'users', nth: 1, effect: { kind: 'foreign-next-link', origin: 'https://example.com' } })
  faults.add({ route: 'users', nth: 2, effect: { kind: 'looping-next-link' } })
  const foreign = (await graph.get(PAGE)).body['@odata.nextLink']!
  expect(foreign).toMatch(/^https:\/\/example\.com\/v1\.0\/users\?.*\$skiptoken=/)
  const looping = (await graph.get(PAGE)).body['@odata.nextLink']!
  expect(new URL(looping).searchParams).toEqual(new URL(`http://localhost/v1.0${PAGE}`).searchParams)
  faults.clear()
  expect((await graph.get(looping)).body.value).toHaveLength(5)

  const second = (await graph.get(PAGE)).body['@odata.nextLink']!
  faults.add({ route: 'users', nth: 1, effect: { kind: 'looping-next-link', to: 'beginning' } })
  const beginning = (await graph.get(second)).body['@odata.nextLink']!
  expect(new URL(beginning).searchParams.has('$skiptoken')).toBe(false)
  faults.add({ route: 'users', effect: { kind: 'looping-next-link', to: 'here-anew' } })
  const { body } = await graph.get(second)
  expect((await graph.get(body['@odata.nextLink']!)).body.value).toEqual(body.value)
})

test('a part of a batch is struck by itself', async () => {
  await using graph = await graphUnderTest()
  graph.emulator.faults.add({
    route: 'organization',
    effect: { kind: 'status', status: 429, retryAfter: 7 },
  })
  const { status, body } = await graph.batch([
    { id: '1', method: 'GET', url: '/organization' },
    { id: '2', method: 'GET', url: '/groups/$count', headers: EVENTUAL },
  ])
  expect(status).toBe(200)
  const [one, two] = body.responses.sort((a, b) => a.id.localeCompare(b.id))
  expect(one).toMatchObject({ id: '1', status: 429, headers: { 'Retry-After': '7' } })
  expect(two).toMatchObject({ id: '2', status: 200 })
})
