import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { createApp } from './app.ts'
import { createTestPanel, type TestPanel } from './test-panel.ts'
import type { App } from './types.ts'

let panel: TestPanel
let app: App
let written = ''
beforeAll(async () => {
  panel = await createTestPanel()
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      written += chunk
      done()
    },
  })
  app = await createApp({ ...panel.panel, log: createLog('trace', destination) })
})
afterAll(async () => {
  await app.close()
  await panel.close()
})

test('a request is one line with its route, status and id, and nothing that it was sent with', async () => {
  const { headers } = await app.inject({
    method: 'GET',
    url: '/api/users?search=canary-query',
    headers: { cookie: panel.cookie, authorization: 'canary-header' },
  })
  const lines = written.trim().split('\n')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({
    requestId: headers['x-request-id'],
    method: 'GET',
    route: '/api/users',
    status: 401,
    milliseconds: expect.any(Number),
  })
})

test('neither query, body, cookie nor a broken address reaches the log', async () => {
  const send = { 'x-keyroster': '1', 'content-type': 'application/json', cookie: panel.cookie }
  await app.inject({ method: 'GET', url: '/api/entra/callback?code=canary-code&state=canary-state' })
  await app.inject({ method: 'GET', url: '/api/canary-path/%zz?code=canary-code' })
  await app.inject({
    method: 'POST',
    url: '/api/users',
    headers: send,
    payload: '{"displayName":"canary-body"',
  })
  await app.inject({
    method: 'POST',
    url: '/api/session/link',
    headers: send,
    payload: { token: 'canary-token-canary-token' },
  })
  expect(written).not.toContain('canary')
  expect(written).not.toContain(panel.cookie.split('=')[1])
})
