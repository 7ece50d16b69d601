import { request } from 'node:https'
import { expect, test } from 'vitest'
import { SAMPLE_CLIENT_ID, SAMPLE_CLIENT_SECRET } from './sample.ts'
import { startEmulator } from './start.ts'

const PERMISSIONS = ['User.Read.All', 'GroupMember.Read.All', 'Organization.Read.All']

test('the sample app is registered with fixed ids and nothing granted', async () => {
  await using emulator = await startEmulator()
  expect(emulator.origin).toMatch(/^http:\/\/localhost:\d+$/)
  expect(emulator.app).toMatchObject({
    clientId: SAMPLE_CLIENT_ID,
    secrets: [{ value: SAMPLE_CLIENT_SECRET }],
    permissions: PERMISSIONS,
    multiTenant: false,
  })
  expect(emulator.tenant.servicePrincipals.get(SAMPLE_CLIENT_ID)?.granted).toEqual(new Set())
})

test('consent is a state that can be given and taken back', async () => {
  await using emulator = await startEmulator({ granted: ['User.Read.All'] })
  const granted = () => [...emulator.tenant.servicePrincipals.get(SAMPLE_CLIENT_ID)!.granted]
  expect(granted()).toEqual(['User.Read.All'])
  emulator.grant()
  expect(granted().sort()).toEqual([...PERMISSIONS].sort())
  emulator.revoke(['User.Read.All'])
  expect(granted()).not.toContain('User.Read.All')
  emulator.revoke()
  expect(granted()).toEqual([])
})

test('another tenant is consented likewise', async () => {
  await using without = await startEmulator({ otherTenants: true })
  expect(without.world.tenants[1]!.servicePrincipals.size).toBe(0)
  await using consented = await startEmulator({ otherTenants: true, granted: true })
  expect(consented.world.tenants[1]!.servicePrincipals.get(SAMPLE_CLIENT_ID)?.granted).toEqual(
    new Set(PERMISSIONS),
  )
})

test('https is trusted through the emulator’s own authority, by name and by address', async () => {
  await using emulator = await startEmulator({ https: true })
  const { port } = new URL(emulator.origin)
  for (const host of ['localhost', '127.0.0.1']) {
    expect(await statusOf(`https://${host}:${port}/common/discovery/v2.0/keys`, emulator.caPem)).toBe(200)
  }
  await expect(statusOf(`https://localhost:${port}/`, undefined)).rejects.toThrow(/certificate/)
})

function statusOf(url: string, ca: string | undefined): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject).end()
  })
}

test('a taken port is refused', async () => {
  await using emulator = await startEmulator()
  const port = Number(new URL(emulator.origin).port)
  await expect(startEmulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
