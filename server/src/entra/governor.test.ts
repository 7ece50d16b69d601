import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createGovernor, unitsOf } from './governor.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => vi.useRealTimers())

/** Lets requests of so many units through as fast as they may, and counts what went within these seconds. */
async function sentWithin(seconds: number, units: number, governor = createGovernor()): Promise<number> {
  let sent = 0
  const stop = new AbortController()
  const ask = async () => {
    for (;;) {
      await governor.pass(units, false, stop.signal)
      sent += units
    }
  }
  const asking = [ask(), ask(), ask()].map((one) => one.catch(() => {}))
  await vi.advanceTimersByTimeAsync(seconds * 1000)
  stop.abort(new Error('enough'))
  await Promise.all(asking)
  return sent
}

describe('the governor of a connection', () => {
  it('never lets more through than the published quota in any ten seconds, however long it runs', async () => {
    const governor = createGovernor()
    governor.sized(1000)
    await sentWithin(300, 4, governor)
    // After a pause there is something saved up; it must not come on top of the quota.
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await sentWithin(10, 4, governor)).toBeLessThanOrEqual(8000)
  })

  it('keeps to the smallest quota until it hears how large the tenant is', async () => {
    const governor = createGovernor()
    expect(await sentWithin(10, 2, governor)).toBeLessThanOrEqual(3500)
    governor.sized(1000)
    expect(await sentWithin(10, 2, governor)).toBeGreaterThan(3500)
  })

  it('gives nothing twice to whoever tells the same size again and again', async () => {
    const governor = createGovernor()
    governor.sized(1000)
    await sentWithin(2, 4, governor)
    const sending = sentWithin(10, 4, governor)
    for (let n = 0; n < 50; n++) governor.sized(1000)
    expect(await sending).toBeLessThanOrEqual(8000)
  })

  it('lets what a large tenant may ask at once pass as soon as it is known to be large', async () => {
    const governor = createGovernor()
    const before = await sentWithin(0.001, 4, governor)
    governor.sized(1000)
    expect(before + (await sentWithin(0.001, 4, governor))).toBeGreaterThan(700)
  })

  it('gets faster again while nobody complains, and not at once', async () => {
    const governor = createGovernor()
    const before = await sentWithin(10, 2, governor)
    governor.slowDown(1000)
    expect(await sentWithin(10, 2, governor)).toBeLessThan(before * 0.7)
    await sentWithin(60, 2, governor)
    expect(await sentWithin(10, 2, governor)).toBeGreaterThan(before * 0.8)
  })

  it('lets nobody through while Microsoft asked to wait, and halves its pace afterwards', async () => {
    const governor = createGovernor()
    await sentWithin(30, 2, governor)
    const before = await sentWithin(5, 2, governor)
    governor.slowDown(5000)
    expect(await sentWithin(4, 2, governor)).toBe(0)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await sentWithin(5, 2, governor)).toBeLessThan(before * 0.7)
  })

  it('keeps the longer of two waits', async () => {
    const governor = createGovernor()
    governor.slowDown(10_000)
    governor.slowDown(1000)
    expect(governor.remaining()).toBe(10_000)
  })

  it('lets somebody who waits for an answer go ahead of a scan', async () => {
    const governor = createGovernor()
    governor.slowDown(1000)
    const order: string[] = []
    const passing = [
      governor.pass(4, false).then(() => order.push('scan')),
      governor.pass(4, false).then(() => order.push('scan')),
      governor.pass(1, true).then(() => order.push('search')),
    ]
    await vi.advanceTimersByTimeAsync(5000)
    await Promise.all(passing)
    expect(order).toEqual(['search', 'scan', 'scan'])
  })

  it('forgets somebody who gave up waiting, and throws their own reason', async () => {
    const governor = createGovernor()
    governor.slowDown(1000)
    const stop = new AbortController()
    const waiting = governor.pass(1, false, stop.signal)
    stop.abort(new Error('cancelled'))
    await expect(waiting).rejects.toThrow('cancelled')
    const next = governor.pass(1, false)
    await vi.advanceTimersByTimeAsync(1500)
    await expect(next).resolves.toBeUndefined()
  })

  it('lets everybody through in the end, whatever they cost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 20 }), async (costs) => {
        const governor = createGovernor()
        const passing = Promise.all(costs.map((units) => governor.pass(units, units % 3 === 0)))
        await vi.advanceTimersByTimeAsync(600_000)
        await passing
      }),
      { numRuns: 20 },
    )
  })
})

describe('what a request costs', () => {
  it.each([
    ['/v1.0/users', 1],
    ['/v1.0/users/$count', 1],
    ['/v1.0/groups', 1],
    ['/v1.0/groups/00000000-0000-0000-0000-000000000000/members', 2],
    ['/v1.0/groups/00000000-0000-0000-0000-000000000000/transitiveMembers/microsoft.graph.user', 4],
  ])('is, for %s with a $select, %i', (path, units) => expect(unitsOf(path)).toBe(units))
})
