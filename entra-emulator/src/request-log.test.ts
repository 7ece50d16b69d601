import { expect, test } from 'vitest'
import { createRequestLog, type LoggedRequest } from './request-log.ts'
import { startEmulator } from './start.ts'

const entry = (path: string): LoggedRequest => ({
  at: new Date(),
  method: 'GET',
  path,
  query: '',
  route: '',
  status: 200,
  cost: 1,
})

test('only the latest requests are kept, all are counted', () => {
  const log = createRequestLog(3)
  for (let i = 1; i <= 10; i++) log.add(entry(`/${i}`))
  expect(log.list().map(({ path }) => path)).toEqual(['/8', '/9', '/10'])
  expect(log.count()).toBe(10)
  log.clear()
  expect(log.list()).toEqual([])
  expect(log.count()).toBe(0)
})

test('requests are listed as they arrived, with query and status; the inspector’s are not', async () => {
  await using emulator = await startEmulator()
  await fetch(`${emulator.origin}/nobody.example/v2.0/.well-known/openid-configuration?a=1?2`)
  await fetch(`${emulator.origin}/_emulator`)
  expect(emulator.requests.list()).toMatchObject([
    {
      method: 'GET',
      path: '/nobody.example/v2.0/.well-known/openid-configuration',
      query: 'a=1?2',
      route: '/:tenant/v2.0/.well-known/openid-configuration',
      status: 400,
      cost: 0,
    },
  ])
})

test('a request whose connection is cut stays without a status', async () => {
  await using emulator = await startEmulator()
  emulator.faults.add({ effect: { kind: 'reset' } })
  await expect(fetch(`${emulator.origin}/common/discovery/v2.0/keys`)).rejects.toThrow()
  expect(emulator.requests.list()).toMatchObject([{ path: '/common/discovery/v2.0/keys', status: 0 }])
})
