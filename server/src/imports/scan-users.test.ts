import { randomUUID } from 'node:crypto'
import type { FaultEffect } from 'entra-emulator/faults'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestImport, pagesAsked, type TestImport } from './test-import.ts'
import { startWorker } from './worker.ts'

/** Just enough people for a tenant to be read in parts. */
const USERS = 20_000

let test: TestImport
afterEach(() => test.close())

/** Sign-in is no request to Graph. */
const graphRequests = () => test.emulator.requests.list().filter(({ path }) => path.startsWith('/v1.0/'))
const beginnings = () => pagesAsked(test.emulator).filter(({ query }) => !query.includes('skiptoken'))

describe('a tenant that is not large', () => {
  const open = async () => {
    test = await createTestImport({ seed: { users: 300, groups: 1 }, largestPage: 60 })
  }
  const strikeFirst = (effect: FaultEffect) => test.emulator.faults.add({ route: 'users', nth: 1, effect })

  it('takes as many requests to Graph as it has pages, its count among them', async () => {
    await open()
    const ready = await test.plan()
    expect([ready.state, ready.reading, ready.read, ready.expected]).toEqual(['ready', 'walk', 300, 300])
    expect([graphRequests().length, pagesAsked(test.emulator).length]).toEqual([5, 5])
  })

  it.each<[string, FaultEffect]>([
    ['refused', { kind: 'status', status: 403, code: 'Authorization_RequestDenied' }],
    ['an error in a 200', { kind: 'status', status: 200, body: { error: { code: 'UnknownError' } } }],
    ['a list without its items', { kind: 'status', status: 200, body: { '@odata.context': 'x' } }],
    ['a web page', { kind: 'html' }],
    [
      'a next link that is no text',
      { kind: 'status', status: 200, body: { value: [], '@odata.nextLink': 7 } },
    ],
  ])('is asked once more for a first page that comes with the count as %s', async (_what, effect) => {
    await open()
    strikeFirst(effect)
    const ready = await test.plan()
    expect([ready.state, ready.read, ready.expected, ready.resumed]).toEqual(['ready', 300, 300, 0])
    expect(ready.sources).toMatchObject([{ state: 'complete', read: 300 }])
    expect([graphRequests().length, beginnings().length]).toEqual([6, 2])
  })

  it('is asked for the first page anew where the list begins again', async () => {
    await open()
    test.emulator.faults.add({ route: 'users', nth: 1, times: 1, effect: { kind: 'expired-skiptoken' } })
    const ready = await test.plan()
    expect([ready.state, ready.read]).toEqual(['ready', 300])
    expect(beginnings()).toHaveLength(2)
  })

  it('is read on from where it stood, without a first page, where Microsoft does not count its people', async () => {
    await open()
    test.emulator.faults.add({ route: 'count', effect: { kind: 'status', status: 403 } })
    test.emulator.world.latencyMs = 100
    const id = randomUUID()
    const { connectionId } = test
    const wish = { id, connectionId, scope: { kind: 'all-users' }, mode: 'new' }
    await test.call('POST', '/api/imports', wish)
    await test.until(id, ({ read }) => read > 0)
    await test.worker.close()
    test.worker = await startWorker(test.panel)
    const ready = await test.until(id, ({ state }) => state === 'ready')
    expect([ready.read, ready.expected, ready.resumed]).toEqual([300, null, 1])
    expect(ready.sources).toMatchObject([{ state: 'complete', read: 300 }])
    expect(beginnings()).toHaveLength(1)
  })
})

describe('a large tenant', () => {
  it('is read in parts at once, everybody once, where the counts of the parts add up', async () => {
    test = await createTestImport({ seed: { users: USERS, groups: 1 } })
    const ready = await test.plan()
    expect([ready.state, ready.reading, ready.read]).toEqual(['ready', 'parts', USERS])
    expect(ready.sources).toEqual([{ kind: 'users', name: 'All users', state: 'complete', read: USERS }])
    // Full pages, and one that is not full for each part.
    expect(pagesAsked(test.emulator).length).toBeLessThanOrEqual(Math.ceil(USERS / 999) + 4)
  })

  it('is read in one ordered walk where the counts of the parts do not add up', async () => {
    test = await createTestImport({ seed: { users: USERS, groups: 1 } })
    test.emulator.faults.add({ route: 'count', nth: 25, effect: { kind: 'status', status: 200, body: 7 } })
    const ready = await test.plan()
    expect([ready.state, ready.reading, ready.read]).toEqual(['ready', 'walk', USERS])
    expect(pagesAsked(test.emulator)).toHaveLength(Math.ceil(USERS / 999))
  })

  it('reads a part again that has fewer people than Microsoft counts in it', async () => {
    test = await createTestImport({ seed: { users: USERS, groups: 1 } })
    // The walk of a part ends early, as it does where Microsoft loses its place without saying so.
    test.emulator.faults.add({
      route: 'users',
      nth: 5,
      effect: { kind: 'status', status: 200, body: { value: [] } },
    })
    const ready = await test.plan()
    expect([ready.state, ready.reading, ready.read]).toEqual(['ready', 'parts', USERS])
  })

  it('is walked in the end where a part never agrees with its count', async () => {
    test = await createTestImport({ seed: { users: USERS, groups: 1 } })
    // Three parts, each empty twice: two by date, and one of those without a date.
    test.emulator.faults.add({
      route: 'users',
      nth: 1,
      times: 6,
      effect: { kind: 'status', status: 200, body: { value: [] } },
    })
    const ready = await test.plan()
    expect([ready.state, ready.reading, ready.read]).toEqual(['ready', 'walk', USERS])
  })
})
