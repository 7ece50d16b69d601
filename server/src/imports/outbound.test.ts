import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { CheckResult } from '@keyroster/api/connections.ts'
import { type Emulator, startEmulator } from 'entra-emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { visitMicrosoft } from '../connections/test-browser.ts'
import { createTestImport, type TestImport } from './test-import.ts'

let test: TestImport
beforeAll(async () => {
  test = await createTestImport({ redirectUris: ['http://localhost:8080/api/entra/callback'] })
})
afterAll(() => test.close())

/** Every port that a socket of this process was opened to while `deed` was done, but for the database's. */
async function portsAskedBy(deed: () => Promise<void>): Promise<number[]> {
  const ports = new Set<number>()
  const note = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    socket.once('connect', () => socket.remotePort !== undefined && ports.add(socket.remotePort))
  }
  subscribe('net.client.socket', note)
  try {
    await deed()
  } finally {
    unsubscribe('net.client.socket', note)
  }
  const database = new URL(test.panel.database.url)
  ports.delete(Number(database.port || 5432))
  return [...ports]
}

const portOf = (origin: string) => Number(new URL(origin).port)

describe('the panel', () => {
  it('asks the chosen cloud and nobody else, from connecting to the end of an import', async () => {
    const { emulator, call } = test
    const ports = await portsAskedBy(async () => {
      const made = await call<{ id: string }>('POST', '/api/connections', {
        tenant: emulator.tenant.verifiedDomains[0]!.name,
        clientId: emulator.app.clientId,
        credential: { kind: 'secret', secret: emulator.app.secrets[0]!.value },
      })
      const { id } = made.body
      const begun = await call<{ url: string }>('POST', `/api/connections/${id}/grant`, { returnTo: '/' })
      const callback = new URL(await visitMicrosoft(begun.body.url))
      await call('GET', callback.pathname + callback.search)
      for (const path of ['groups?search=a', 'counts'])
        expect((await call('GET', `/api/connections/${test.connectionId}/${path}`)).status).toBe(200)
      await call('POST', `/api/connections/${test.connectionId}/check`)
      const groups = [...emulator.tenant.directory.groups()].slice(0, 3)
      const ready = await test.plan({
        scope: { kind: 'groups', groups: groups.map(({ id, displayName }) => ({ id, displayName })) },
      })
      await test.applyPlan(ready)
    })
    expect(ports).toEqual([portOf(emulator.origin)])
  })
})

describe('a redirect', () => {
  /** Where tokens and secrets must never arrive. */
  let elsewhere: Server
  let arrived = 0
  /** Stands where Microsoft is, answers `token` as Entra does, and sends whoever asks for anything else elsewhere. */
  let redirector: Server
  let redirects = { status: 302, token: true }
  let redirected = 0
  const originOf = (server: Server) => `http://localhost:${(server.address() as AddressInfo).port}`

  beforeAll(async () => {
    elsewhere = createServer((_request, response) => {
      arrived += 1
      response.end('{}')
    }).listen(0, 'localhost')
    redirector = createServer((request, response) => {
      if (redirects.token && request.url?.endsWith('/token')) {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ token_type: 'Bearer', expires_in: 3600, access_token: 'canary' }))
        return
      }
      redirected += 1
      response.writeHead(redirects.status, { location: `${originOf(elsewhere)}${request.url}` }).end()
    }).listen(0, 'localhost')
    await Promise.all([once(elsewhere, 'listening'), once(redirector, 'listening')])
    test.panel.config.entra = { loginUrl: originOf(redirector), graphUrl: originOf(redirector) }
  })
  afterAll(() => {
    elsewhere.close()
    redirector.close()
  })

  it.each([
    [301, true],
    [302, true],
    [303, true],
    [307, true],
    [308, true],
    [302, false],
    [307, false],
    [308, false],
  ])('with %i is an error: neither a token (%s) nor a secret goes where it points', async (status, token) => {
    redirects = { status, token }
    redirected = 0
    const ports = await portsAskedBy(async () => {
      const checked = await test.call<CheckResult>('POST', `/api/connections/${test.connectionId}/check`)
      expect(checked).toMatchObject({ status: 200, body: { healthy: false } })
    })
    expect(ports).not.toContain(portOf(originOf(elsewhere)))
    expect(redirected).toBeGreaterThan(0)
    expect(arrived).toBe(0)
  })
})

describe('a server whose certificate nobody vouches for', () => {
  let untrusted: Emulator
  let login: Server
  beforeAll(async () => {
    untrusted = await startEmulator({ granted: true, https: true })
    login = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ token_type: 'Bearer', expires_in: 3600, access_token: 'canary' }))
    }).listen(0, 'localhost')
    await once(login, 'listening')
  })
  afterAll(async () => {
    await untrusted.close()
    login.close()
  })

  it.each(['login', 'Graph'])('is told nothing in the place of the %s', async (place) => {
    const trusted = `http://localhost:${(login.address() as AddressInfo).port}`
    const loginUrl = place === 'login' ? untrusted.origin : trusted
    test.panel.config.entra = { loginUrl, graphUrl: untrusted.origin }
    const checked = await test.call<CheckResult>('POST', `/api/connections/${test.connectionId}/check`)
    expect(checked.body.rows.map(({ code }) => code)).toContain('microsoft_unreachable')
    expect(untrusted.requests.list()).toEqual([])
  })
})
