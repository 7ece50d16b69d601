import { expect, test } from 'vitest'
import { createFaultList, type Fault } from './faults.ts'

const USERS = { method: 'GET', path: '/v1.0/users', query: '' }
const failing: Fault['effect'] = { kind: 'status', status: 503 }

function struck(fault: Fault, calls: number): number[] {
  const faults = createFaultList()
  faults.add(fault)
  return Array.from({ length: calls }, (_, index) => index + 1).filter(() => faults.strike(USERS).length > 0)
}

test('a fault without conditions strikes every call', () => {
  expect(struck({ effect: failing }, 3)).toEqual([1, 2, 3])
})

test('nth strikes one call, and with times those that follow', () => {
  expect(struck({ effect: failing, nth: 3 }, 6)).toEqual([3])
  expect(struck({ effect: failing, nth: 3, times: 2 }, 6)).toEqual([3, 4])
  expect(struck({ effect: failing, times: 2 }, 6)).toEqual([1, 2])
})

test('chance strikes about its share, and the same calls for the same seed', () => {
  const fault = { effect: failing, chance: 0.3, seed: 7 }
  const first = struck(fault, 1000)
  expect(first.length).toBeGreaterThan(250)
  expect(first.length).toBeLessThan(350)
  expect(struck(fault, 1000)).toEqual(first)
  expect(struck({ ...fault, seed: 8 }, 1000)).not.toEqual(first)
})

test('a fault is aimed by named route, by the beginning of a path, and by method', () => {
  const hits = (fault: Partial<Fault>, path: string, method = 'GET') => {
    const faults = createFaultList()
    faults.add({ effect: failing, ...fault })
    return faults.strike({ method, path, query: '' }).length > 0
  }
  expect(hits({ route: 'users' }, '/v1.0/users')).toBe(true)
  expect(hits({ route: 'users' }, '/v1.0/users/some-id')).toBe(false)
  expect(hits({ route: 'members' }, '/v1.0/groups/g/transitiveMembers/microsoft.graph.user')).toBe(true)
  expect(hits({ route: 'count' }, '/v1.0/groups/g/members/$count')).toBe(true)
  expect(hits({ route: 'batch' }, '/v1.0/%24batch')).toBe(true)
  expect(hits({ route: 'token' }, '/contoso.com/oauth2/v2.0/token')).toBe(true)
  expect(hits({ route: '/v1.0/users' }, '/v1.0/users/some-id')).toBe(true)
  expect(hits({ route: '/v1.0/users' }, '/v1.0/groups')).toBe(false)
  expect(hits({ method: 'post' }, '/v1.0/users')).toBe(false)
  expect(hits({ method: 'post' }, '/v1.0/users', 'POST')).toBe(true)
})

test('a fault can be turned off, on again, and taken away', () => {
  const faults = createFaultList()
  const { id } = faults.add({ effect: failing })
  faults.enable(id, false)
  expect(faults.strike(USERS)).toEqual([])
  faults.enable(id, true)
  expect(faults.strike(USERS)).toEqual([failing])
  expect(faults.list()).toMatchObject([{ id, enabled: true, fired: 1 }])
  faults.remove(id)
  expect(faults.list()).toEqual([])
})
