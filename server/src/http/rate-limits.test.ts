import type { RouteOptions } from 'fastify'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createSignInLink } from '../admins/sign-in-links.ts'
import { createTestPanel, type TestPanel } from './test-panel.ts'

const routes: RouteOptions[] = []
let panel: TestPanel
// Anew for each, because the limits are counted in the memory of the app.
beforeEach(async () => {
  await panel?.close()
  routes.length = 0
  panel = await createTestPanel({}, (route) => routes.push(route))
})
afterAll(() => panel.close())

const signIn = (token: string, remoteAddress: string) =>
  panel.app.inject({
    method: 'POST',
    url: '/api/session/link',
    remoteAddress,
    headers: { 'x-keyroster': '1' },
    payload: { token },
  })
const newToken = async () => {
  const link = await createSignInLink(panel.panel.database.db, panel.admin.id, panel.panel.config.baseUrl)
  return new URL(link).hash.replace('#token=', '')
}
const guess = () => crypto.randomUUID().replaceAll('-', '')

describe('whoever guesses', () => {
  it('is stopped after sixty tries a minute, by address', async () => {
    for (let tries = 0; tries < 60; tries += 1)
      expect((await signIn(guess(), '203.0.113.1')).statusCode).toBe(401)
    const stopped = await signIn(guess(), '203.0.113.1')
    expect(stopped.statusCode).toBe(429)
    expect(stopped.json()).toMatchObject({ code: 'too_many_requests' })
    expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(0)
  })

  it('locks nobody out: not who is signed in at the same address, nor who signs in at another', async () => {
    const token = await newToken()
    for (let tries = 0; tries < 61; tries += 1) await signIn(guess(), '203.0.113.1')
    const session = await panel.app.inject({
      url: '/api/session',
      remoteAddress: '203.0.113.1',
      headers: { cookie: panel.cookie },
    })
    expect(session.statusCode).toBe(200)
    expect((await signIn(token, '203.0.113.1')).statusCode).toBe(429)
    // The refusal spent nothing: the very link still signs in.
    expect((await signIn(token, '198.51.100.9')).statusCode).toBe(200)
  })

  it('of API tokens locks out no holder of one, at the same address or with the same beginning', async () => {
    const made = await panel.call<{ secret: string }>('POST', '/api/tokens', {
      name: 'Nightly import',
      scopes: ['users.read'],
    })
    const { secret } = made.body
    const ask = (token: string) =>
      panel.app.inject({ url: '/api/users', headers: { authorization: `Bearer ${token}` } })
    for (let tries = 0; tries < 200; tries += 1)
      expect((await ask(secret.slice(0, 12) + guess().padEnd(34, 'x'))).statusCode).toBe(401)
    expect((await ask(secret)).statusCode).toBe(200)
  })

  it('meets a limit at every door that is open to anybody', () => {
    const doors = routes.filter(
      ({ method, config }) => config?.public && method !== 'GET' && method !== 'HEAD',
    )
    expect(doors.length).toBeGreaterThan(2)
    for (const { url, config } of doors)
      expect({ url, max: Object(config?.rateLimit).max }).toEqual({ url, max: 60 })
  })
})
