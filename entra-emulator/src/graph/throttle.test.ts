import { expect, test } from 'vitest'
import { startEmulator } from '../start.ts'
import { EVENTUAL, graphUnderTest } from './graph-under-test.ts'
import { createBudgets } from './throttle.ts'

test.each([
  ['/users', 2],
  ['/users?$select=id', 1],
  ['/users?$select=id&$top=5', 1],
  ['/groups', 1],
  ['/groups/{group}', 1],
  ['/groups/{group}/members', 3],
  ['/groups/{group}/members?$top=19', 2],
  ['/groups/{group}/members?$top=999&$select=id', 2],
  ['/groups/{group}/transitiveMembers', 5],
  ['/groups/{group}/transitiveMembers?$select=id', 4],
  ['/groups/{group}/transitiveMembers/microsoft.graph.user?$select=id&$top=10&$count=true', 3],
  ['/organization', 1],
])('%s costs %i', async (path, units) => {
  await using graph = await graphUnderTest()
  const [group] = graph.emulator.tenant.directory.groups()
  const { headers } = await graph.get(path.replace('{group}', group!.id), EVENTUAL)
  expect(headers.get('x-ms-resource-unit')).toBe(String(units))
  expect(graph.emulator.requests.list().at(-1)).toMatchObject({ cost: units })
})

test('beyond the budget one waits the fraction of a second that it takes to fill up', async () => {
  const clock = { at: Date.UTC(2026, 0, 1) }
  await using graph = await graphUnderTest({
    throttle: { unitsPer10Seconds: 9 },
    now: () => new Date(clock.at),
  })
  for (let call = 0; call < 4; call += 1) expect((await graph.get('/users')).status).toBe(200)
  const refused = await graph.get('/users')
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('1.112')
  expect(refused.headers.get('x-ms-throttle-information')).toBe('ResourceUnitLimitExceeded')
  const { app, tenant } = graph.emulator
  expect(refused.headers.get('x-ms-throttle-scope')).toBe(
    `Tenant_Application/ReadWrite/${app.clientId}/${tenant.id}`,
  )
  expect(refused.body.error).toMatchObject({
    code: 'TooManyRequests',
    message: 'Please retry again later.',
    innerError: { code: '429', status: '429', message: 'Please retry after' },
  })
  clock.at += 1100
  expect((await graph.get('/users')).status).toBe(429)
  clock.at += 12
  expect((await graph.get('/users')).status).toBe(200)
})

test('refused requests cost nothing', async () => {
  await using graph = await graphUnderTest({
    throttle: { unitsPer10Seconds: 1 },
    granted: ['GroupMember.Read.All'],
  })
  for (let call = 0; call < 5; call += 1) expect((await graph.get('/users')).status).toBe(403)
  expect((await graph.get('/groups')).status).toBe(200)
})

test.each([
  [20, 3500],
  [200, 5000],
  [600, 8000],
])('a tenant of %i has %i units', async (users, units) => {
  const now = () => new Date('2026-01-01T00:00:00Z')
  await using emulator = await startEmulator({ seed: { users, groups: 1 }, now })
  const { world, tenant, app } = emulator
  const budgets = createBudgets(world)
  budgets.check({ tenant, app }, units)
  budgets.charge({ tenant, app }, units - 1)
  budgets.check({ tenant, app }, 1)
  expect(() => budgets.check({ tenant, app }, 2)).toThrow('Please retry again later.')
})

test('no throttling on demand', async () => {
  await using graph = await graphUnderTest({ throttle: false })
  graph.emulator.world.throttle = { unitsPer10Seconds: 0.5 }
  expect((await graph.get('/groups')).status).toBe(429)
  graph.emulator.world.throttle = false
  expect((await graph.get('/groups')).status).toBe(200)
})
