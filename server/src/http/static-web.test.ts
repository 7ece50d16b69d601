import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from './app.ts'
import { createTestPanel, type TestPanel } from './test-panel.ts'
import type { App } from './types.ts'

let panel: TestPanel
let folder: string
let app: App
beforeAll(async () => {
  panel = await createTestPanel()
  folder = await mkdtemp(join(tmpdir(), 'keyroster-web-'))
  await mkdir(join(folder, 'dist', 'assets'), { recursive: true })
  await writeFile(join(folder, 'outside.txt'), 'not for the web')
  await writeFile(join(folder, 'dist', '.hidden'), 'not for the web')
  await writeFile(join(folder, 'dist', 'mark.svg'), '<svg/>')
  await writeFile(join(folder, 'dist', 'assets', 'app-3f2a.js'), 'export {}')
  app = await createApp(panel.panel, join(folder, 'dist'))
})
afterAll(async () => {
  await app.close()
  await panel.close()
  await rm(folder, { recursive: true })
})

const get = (url: string) => app.inject({ method: 'GET', url })
const build = () =>
  writeFile(join(folder, 'dist', 'index.html'), '<script src="/a.js" nonce="NONCE_OF_THIS_ANSWER"></script>')

test('without a build, every page says how to make one', async () => {
  const page = await get('/')
  expect(page.statusCode).toBe(503)
  expect(page.body).toContain('npm run build')
})

test('the app’s own addresses answer its index.html, marked with the nonce of this one answer', async () => {
  await build()
  const nonces = new Set<string | undefined>()
  const paths = [
    '/',
    '/index.html',
    '/users',
    '/imports/0199aaaa-0000-7000-8000-000000000001',
    '/users?search=a.b',
  ]
  for (const path of paths) {
    const page = await get(path)
    expect(page.statusCode).toBe(200)
    const nonce = /script-src 'nonce-([^']+)'/.exec(String(page.headers['content-security-policy']))?.[1]
    expect(page.body).toBe(`<script src="/a.js" nonce="${nonce}"></script>`)
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    })
    nonces.add(nonce)
  }
  expect(nonces.size).toBe(paths.length)
})

test('hashed assets are kept for good, other files are asked for anew', async () => {
  const asset = await get('/assets/app-3f2a.js')
  expect(asset.headers).toMatchObject({
    'content-type': expect.stringMatching(/javascript/),
    'cache-control': 'public, max-age=31536000, immutable',
  })
  const mark = await get('/mark.svg')
  expect(mark.headers['cache-control']).toBe('no-cache')
  expect(mark.headers['content-security-policy']).toMatch(/^default-src 'none'; (?!.*'nonce-)/)
})

test('a missing asset is missing, and is not kept as such', async () => {
  const missing = await get('/assets/app-old.js')
  expect(missing.statusCode).toBe(404)
  expect(missing.headers['cache-control'] ?? '').not.toContain('immutable')
  expect((await get('/assets/')).statusCode).toBe(404)
})

test('an unknown address of the API is a problem, not the app', async () => {
  for (const path of ['/api', '/api/', '/api/nowhere', '/api/users/x/y/z']) {
    const answer = await get(path)
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ code: 'not_found' })
  }
  const posted = await app.inject({ method: 'POST', url: '/users', headers: { 'x-keyroster': '1' } })
  expect(posted.statusCode).toBe(404)
})

test('nothing outside the build is served, and no hidden file', async () => {
  await build()
  for (const path of [
    '/../outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/.hidden',
    '/assets/../../outside.txt',
    '/..%5coutside.txt',
    '//etc/passwd',
  ]) {
    expect((await get(path)).body, path).not.toMatch(/not for the web|root:/)
  }
})

test('what belongs to the house and not to its guests is not there', async () => {
  await build()
  await mkdir(join(folder, 'dist', '.git'), { recursive: true })
  await writeFile(join(folder, 'dist', '.git', 'HEAD'), 'not for the web')
  await writeFile(join(folder, 'dist', '.env'), 'not for the web')
  await writeFile(join(folder, 'dist', 'assets', '.env'), 'not for the web')
  for (const path of [
    '/.git/HEAD',
    '/.git/',
    '/.env',
    '/assets/.env',
    '/%2egit/HEAD',
    '/.git%2fHEAD',
    '//.git/HEAD',
  ]) {
    const answer = await get(path)
    expect(answer.body, path).not.toContain('not for the web')
  }
  for (const path of [
    '/metrics',
    '/debug',
    '/debug/pprof',
    '/server-status',
    '/actuator/env',
    '/package.json',
  ]) {
    expect((await get(path)).headers['content-type'], path).toBe('text/html; charset=utf-8')
    expect((await get(`/api${path}`)).statusCode, path).toBe(404)
  }
})

test('a folder is not listed', async () => {
  for (const path of ['/assets', '/assets/', '/assets/.', '/assets/..']) {
    expect((await get(path)).body, path).not.toContain('app-3f2a')
  }
})
