import { afterAll, beforeAll, expect, it } from 'vitest'
import { measure } from './measure.ts'
import { type Part, startPart } from './part.ts'
import { tableOf } from './table.ts'
import type { Tenant } from './tenant.ts'

let tenant: Part<Tenant>
beforeAll(async () => {
  tenant = await startPart<Tenant>(new URL('tenant.ts', import.meta.url), {
    users: 60,
    groups: 3,
    latency: 0,
  })
}, 60_000)
afterAll(() => tenant.close())

it('measures a whole import beside a floor that writes the same rows', async () => {
  const figures = await measure(tenant, { name: 'All 3 groups', groups: 3, nodeArguments: [] })
  expect(figures.people.written).toBeGreaterThan(0)
  expect(figures.floor.rows.import_entries).toBe(figures.people.read)
  expect(figures.floor.rows.users).toBe(figures.people.written)
  expect(figures.requests).toMatchObject({ 'sign-in': 1, 'user pages': 0, throttled: 0, other: 0 })
  expect(figures.floor.requests).toMatchObject({ 'sign-in': 1, 'member pages': 3, batches: 0 })
  expect(figures.memory.peak).toBeGreaterThanOrEqual(figures.memory.atRest)
  expect(tableOf(figures)).toMatch(/^All 3 groups: \d+ people read/)
}, 60_000)
