import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { knownNames } from '../settings.ts'
import { freePort } from './free-port.ts'
import { createTokenOptions, importOptions } from './options.ts'

const command = fileURLToPath(new URL('../../bin/keyroster.js', import.meta.url))

let folder: string
let running: ChildProcess[]

beforeEach(async () => {
  folder = await mkdtemp('/tmp/keyroster-cli-')
  await chmod(folder, 0o711)
  running = []
})
afterEach(async () => {
  for (const child of running) await stop(child)
  await rm(folder, { recursive: true })
})

interface Keyroster {
  child: ChildProcess
  /** What it has written so far, to both outputs. */
  output: () => string
  /** Resolves with the first match in what it writes; rejects where it ends without. */
  until(pattern: RegExp): Promise<string>
}

/** Runs the command with these settings and nothing of this process's own. */
function keyroster(args: string[], settings: Record<string, string> = {}): Keyroster {
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...settings }
  const child = spawn(process.execPath, [command, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  child.stderr.on('data', (chunk) => {
    text += chunk
  })
  const until = async (pattern: RegExp) => {
    for (;;) {
      const found = pattern.exec(text)
      if (found) return found[0]
      if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode} and said:\n${text}`)
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), once(child, 'close')])
    }
  }
  return { child, output: () => text, until }
}

async function finish(args: string[], settings?: Record<string, string>) {
  const { child, output } = keyroster(args, settings)
  const [code] = await once(child, 'close')
  return { code, output: output() }
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill()
    await once(child, 'close')
  }
  return child.exitCode
}

/** Far from what other tests of this machine may take at the same moment. */
const somewhere = () => randomInt(10_000, 30_000)

const link = /http:\/\/localhost:\d+\/sign-in#token=[\w-]{43}/

async function signIn(url: string): Promise<{ status: number; cookie: string }> {
  const { origin, hash } = new URL(url)
  const response = await fetch(`${origin}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-keyroster': '1' },
    body: JSON.stringify({ token: hash.replace('#token=', '') }),
  })
  return { status: response.status, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
}

test('help lists every command and every setting', async () => {
  const { code, output } = await finish(['help'])
  expect(code).toBe(0)
  for (const name of ['start', 'demo', 'sign-in-link', 'backup', 'restore', ...knownNames()])
    expect(output).toContain(name)
  for (const name of ['token create', 'token list', 'token revoke', 'import'])
    expect(output).toContain(`  ${name} `)
  for (const option of Object.keys({ ...importOptions, ...createTokenOptions }))
    expect(output).toContain(`      --${option} `)
})

test('a mistyped command or an option is refused with what is meant', async () => {
  expect(await finish(['stat'])).toEqual({ code: 1, output: expect.stringContaining('Did you mean start?') })
  expect(await finish(['start', '--port=1'])).toEqual({
    code: 1,
    output: expect.stringContaining('Settings are environment variables'),
  })
})

test('start refuses settings that contradict each other, all at once', async () => {
  const { code, output } = await finish(['start'], {
    KEYROSTER_PORT: 'x',
    DATABASE_URL: 'postgres://localhost/a',
  })
  expect(code).toBe(1)
  expect(output.match(/^ {2}- /gm)).toHaveLength(2)
})

test('start prints a link, sign-in-link another while it runs, each signs in once, and both survive a restart', async () => {
  const port = await freePort('127.0.0.1', somewhere())
  const settings = { KEYROSTER_DATA_DIR: join(folder, 'data'), KEYROSTER_PORT: String(port) }
  const first = keyroster(['start'], settings)
  const printed = await first.until(link)
  const { output } = await finish(['sign-in-link'], settings)
  const another = link.exec(output)![0]
  expect(another).not.toBe(printed)
  expect((await signIn(printed)).status).toBe(200)
  expect((await signIn(printed)).status).toBe(401)

  const second = await finish(['start'], settings)
  expect(second).toEqual({ code: 1, output: expect.stringContaining('Another Keyroster is using') })

  expect(await stop(first.child)).toBe(0)
  const again = keyroster(['start'], settings)
  await again.until(link)
  expect((await signIn(another)).status).toBe(200)
  expect(await stop(again.child)).toBe(0)
})

test('a backup is made under a running panel and restored elsewhere, with the key that is not in it', async () => {
  const file = join(folder, 'all.backup')
  const port = await freePort('127.0.0.1', somewhere())
  const settings = { KEYROSTER_DATA_DIR: join(folder, 'data'), KEYROSTER_PORT: String(port) }
  const elsewhere = { ...settings, KEYROSTER_DATA_DIR: join(folder, 'elsewhere') }
  expect(await finish(['backup', file], settings)).toEqual({
    code: 1,
    output: expect.stringContaining('There is nothing to back up'),
  })
  const first = keyroster(['start'], settings)
  await first.until(link)
  const made = await finish(['backup', file], settings)
  expect(made).toEqual({
    code: 0,
    output: expect.stringMatching(
      /^Backed up \d+ rows of \d+ tables[\s\S]*key is not inside[\s\S]*data\/secret-key/,
    ),
  })
  expect(await finish(['restore', file], settings)).toEqual({
    code: 1,
    output: expect.stringContaining('Another Keyroster is using'),
  })
  await stop(first.child)

  expect(await finish(['restore', file], elsewhere)).toEqual({
    code: 1,
    output: expect.stringContaining('elsewhere/secret-key is not there'),
  })
  await mkdir(elsewhere.KEYROSTER_DATA_DIR, { mode: 0o700 })
  await cp(join(folder, 'data/secret-key'), join(folder, 'elsewhere/secret-key'))
  expect(await finish(['restore', file], elsewhere)).toEqual({
    code: 0,
    output: expect.stringMatching(/^Restored \d+ rows/),
  })
  const second = keyroster(['start'], elsewhere)
  expect((await signIn(await second.until(link))).status).toBe(200)
})

test('a taken port is said, and nothing is left running', async () => {
  const port = await freePort('127.0.0.1', somewhere())
  const taken = createServer().listen(port, '127.0.0.1')
  await once(taken, 'listening')
  const settings = { KEYROSTER_DATA_DIR: join(folder, 'data'), KEYROSTER_PORT: String(port) }
  const { code, output } = await finish(['start'], settings)
  taken.close()
  expect(code).toBe(1)
  expect(output).toContain(`Port ${port} is taken by another program`)
  expect(await readdir(join(folder, 'data/postgres/data'))).not.toContain('postmaster.pid')
})

test('the demo takes the next free port, fills the connect form, and leaves nothing behind', async () => {
  const port = await freePort('127.0.0.1', somewhere())
  const taken = createServer().listen(port, '127.0.0.1')
  await once(taken, 'listening')
  const demo = keyroster(['demo'], { KEYROSTER_PORT: String(port) })
  const printed = await demo.until(link)
  taken.close()
  expect(Number(new URL(printed).port)).toBeGreaterThan(port)
  const { cookie } = await signIn(printed)
  const read = async (path: string) => (await fetch(new URL(path, printed), { headers: { cookie } })).json()
  expect(await read('/api/connections/setup')).toMatchObject({
    demo: { clientSecret: expect.stringMatching(/./) },
  })
  expect(await read('/api/users')).toMatchObject({
    items: [{ displayName: 'Adele V.' }, { displayName: 'Meg Bowen' }],
  })
  expect(await (await fetch(await demo.until(/http:\S+_emulator/))).text()).toContain('Contoso')
  expect(await stop(demo.child)).toBe(0)
  expect((await readdir(folder)).filter((name) => name.startsWith('keyroster-'))).toEqual([])
})
