import { afterEach, describe, expect, it } from 'vitest'
import { createTestImport, type TestImport } from './test-import.ts'

/** Just enough people for a tenant to be read in parts. */
const USERS = 20_000

let test: TestImport
afterEach(() => test.close())

const usersRequests = () => test.emulator.requests.list().filter(({ route }) => route === 'users')

describe('a large tenant', () => {
  it('is read in parts at once, everybody once, where the counts of the parts add up', async () => {
    test = await createTestImport({ seed: { users: USERS, groups: 1 } })
    const ready = await test.plan()
    expect([ready.state, ready.reading, ready.read]).toEqual(['ready', 'parts', USERS])
    expect(ready.sources).toEqual([{ kind: 'users', name: 'All users', state: 'complete', read: USERS }])
    // Full pages, and one that is not full for each part.
    expect(usersRequests().length).toBeLessThanOrEqual(Math.ceil(USERS / 999) + 4)
  })

  it('is read in one ordered walk where the counts of the parts do not add up', async () => {
    test = await createTestImport({ seed: { users: USERS, groups: 1 } })
    test.emulator.faults.add({ route: 'count', nth: 25, effect: { kind: 'status', status: 200, body: 7 } })
    const ready = await test.plan()
    expect([ready.state, ready.reading, ready.read]).toEqual(['ready', 'walk', USERS])
    expect(usersRequests()).toHaveLength(Math.ceil(USERS / 999))
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
