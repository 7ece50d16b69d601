import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findEmbedded, startEmbedded } from './embedded.ts'
import { postgresPackage, preparePostgres } from './postgres-binaries.ts'

const asRoot = process.getuid?.() === 0
const nobody = { uid: 65_534, gid: 65_534 }
/** Whether the sources lie where an ordinary user can read them: not in a clone under root's home. */
const readableByNobody = asRoot && spawnSync('cat', [import.meta.filename], nobody).status === 0

/** A folder that any user may pass through. */
let folder: string
let dataDir: string
/** Data of a first start, because making it anew takes longest. */
let template: string
let children: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp('/tmp/keyroster-embedded-')
  await chmod(folder, 0o711)
  dataDir = join(folder, 'data')
})
beforeAll(async () => {
  template = await mkdtemp('/tmp/keyroster-embedded-')
  await (await startEmbedded(template, { durable: false })).stop()
})
afterAll(() => rm(template, { recursive: true }))
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  if ((await findEmbedded(dataDir)) !== null) await (await startEmbedded(dataDir)).stop()
  await rm(folder, { recursive: true })
})

function copyData(): void {
  spawnSync('cp', ['-a', template, dataDir])
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

const postmasterPid = async () =>
  Number.parseInt(await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8'), 10)

/** Starts the embedded PostgreSQL from another process, which then stays; answers its connection string. */
async function startInChild(as: { uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {}) {
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(new URL('embedded.ts', import.meta.url).href)})
    const embedded = await startEmbedded(${JSON.stringify(dataDir)})
    console.log(embedded.url)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    ...as,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [url] = await once(createInterface(child.stdout), 'line')
  return { child, url: String(url) }
}

test('data is made at first start, kept when stopped, and there again', async () => {
  await mkdir(join(dataDir, 'postgres/data.new'), { recursive: true, mode: 0o700 })
  await writeFile(join(dataDir, 'postgres/data.new/half-made'), '')
  await chmod(join(dataDir, 'postgres'), 0o700)
  const first = await startEmbedded(dataDir)
  expect(await findEmbedded(dataDir)).toBe(first.url)
  await ask(first.url, 'create table kept as select 7 as number')
  expect((await stat(join(dataDir, 'postgres/data'))).uid).toBe(asRoot ? nobody.uid : process.getuid?.())
  expect((await stat(dataDir)).mode & 0o066).toBe(0)
  await first.stop()
  expect(await findEmbedded(dataDir)).toBeNull()

  const second = await startEmbedded(dataDir)
  expect(await ask(second.url, 'select number from kept')).toBe(7)
  expect(await ask(second.url, 'show listen_addresses')).toBe('')
  expect(await ask(second.url, 'show fsync')).toBe('on')
  await second.stop()
})

test('letters outside ASCII are letters to the search index, and sort by code point', async () => {
  copyData()
  const embedded = await startEmbedded(dataDir, { durable: false })
  await ask(embedded.url, 'create extension pg_trgm')
  expect(await ask(embedded.url, "select cardinality(show_trgm('łukasz'))")).toBe(7)
  expect(await ask(embedded.url, "select 'Ł' > 'z'")).toBe(true)
  await embedded.stop()
})

test('a killed panel leaves PostgreSQL running, and the next one adopts it', async () => {
  copyData()
  const { child, url } = await startInChild()
  await ask(url, 'create table kept as select 7 as number')
  const pid = await postmasterPid()
  await expect(startEmbedded(dataDir)).rejects.toThrow(`Another Keyroster is using ${dataDir}`)

  child.kill('SIGKILL')
  await once(child, 'exit')
  const adopted = await startEmbedded(dataDir)
  expect(await postmasterPid()).toBe(pid)
  expect(await ask(adopted.url, 'select number from kept')).toBe(7)
  await adopted.stop()
  await expect(ask(url, 'select 1')).rejects.toThrow('ENOENT')
})

test('when PostgreSQL was killed too and its number is now another process, it recovers', async () => {
  copyData()
  const { child, url } = await startInChild()
  await ask(url, 'create table kept as select 7 as number')
  const pid = await postmasterPid()
  child.kill('SIGKILL')
  process.kill(pid, 'SIGKILL')
  await once(child, 'exit')
  const file = join(dataDir, 'postgres/data/postmaster.pid')
  await writeFile(file, (await readFile(file, 'utf8')).replace(String(pid), String(process.pid)))

  const recovered = await startEmbedded(dataDir, { durable: false })
  expect(await ask(recovered.url, 'select number from kept')).toBe(7)
  await recovered.stop()
})

test('a PostgreSQL that is killed under a living panel is started again, and not after it was stopped', async () => {
  copyData()
  const embedded = await startEmbedded(dataDir, { durable: false })
  await ask(embedded.url, 'create table kept as select 7 as number')
  await ask(embedded.url, 'checkpoint')
  const killed = await postmasterPid()
  process.kill(killed, 'SIGKILL')
  const kept = () => ask(embedded.url, 'select number from kept').catch(() => null)
  await expect.poll(kept, { timeout: 30_000 }).toBe(7)
  expect(await postmasterPid()).not.toBe(killed)
  await embedded.stop()
  await sleep(1000)
  expect(await findEmbedded(dataDir)).toBeNull()
})

test('a data folder too deep for a socket gets its socket elsewhere, in a private folder', async () => {
  dataDir = join(folder, 'a-folder-with-a-long-name'.repeat(6))
  copyData()
  const embedded = await startEmbedded(dataDir, { durable: false })
  const socketFolder = new URL(embedded.url).searchParams.get('host')!
  expect(await ask(embedded.url, 'select 1')).toBe(1)
  expect(await findEmbedded(dataDir)).toBe(embedded.url)
  expect((await stat(socketFolder)).mode & 0o777).toBe(0o700)
  await embedded.stop()
  expect(existsSync(socketFolder)).toBe(false)
})

test("data that does not start is refused in PostgreSQL's own words", async () => {
  copyData()
  await writeFile(join(dataDir, 'postgres/data/PG_VERSION'), '9\n')
  await expect(startEmbedded(dataDir)).rejects.toThrow(/did not start[\s\S]*incompatible/)
})

test('links that a forbidden install script did not make are made', async () => {
  const copy = join(folder, 'package')
  await copyWithoutLinks(copy)
  expect(await preparePostgres(null, copy, join(folder, 'copies'))).toBe(join(copy, 'native/bin'))
  expect(existsSync(join(folder, 'copies'))).toBe(false)
})

describe.runIf(asRoot)('started by root', () => {
  test('a package under a private folder is copied to where nobody can run it, once', async () => {
    const home = join(folder, 'home')
    await mkdir(home, { mode: 0o700 })
    await copyWithoutLinks(join(home, 'package'))
    await chmod(join(home, 'package/native/bin/postgres'), 0o700)
    const copies = join(folder, 'copies')
    const prepare = () => preparePostgres(nobody, join(home, 'package'), copies)
    const [bin, again] = await Promise.all([prepare(), prepare()])
    expect(bin).toMatch(new RegExp(`^${copies}/postgres-[^/]+/native/bin$`))
    expect(again).toBe(bin)
    const { mtimeMs } = await stat(join(bin, 'postgres'))
    await prepare()
    expect((await stat(join(bin, 'postgres'))).mtimeMs).toBe(mtimeMs)
  })

  test('a data folder that nobody can reach is refused with where to put it', async () => {
    await chmod(folder, 0o700)
    await expect(startEmbedded(dataDir)).rejects.toThrow(`may not enter ${folder}. Choose another folder`)
  })

  test("a socket folder that is somebody else's is refused", async () => {
    dataDir = join(folder, 'a-folder-with-a-long-name'.repeat(6))
    copyData()
    const embedded = await startEmbedded(dataDir, { durable: false })
    const socketFolder = new URL(embedded.url).searchParams.get('host')!
    await embedded.stop()
    await mkdir(socketFolder, { mode: 0o700 })
    await chown(socketFolder, 12_345, 12_345)
    await expect(startEmbedded(dataDir)).rejects.toThrow('may enter')
    await rm(socketFolder, { recursive: true })
    await symlink(folder, socketFolder)
    await expect(startEmbedded(dataDir)).rejects.toThrow('may enter')
    await rm(socketFolder)
  })

  test.runIf(readableByNobody)(
    'an ordinary user has PostgreSQL run as themselves, and root adopts it',
    async () => {
      await mkdir(dataDir, { mode: 0o700 })
      await chown(dataDir, nobody.uid, nobody.gid)
      const { child, url } = await startInChild({ ...nobody, env: { HOME: dataDir, PATH: process.env.PATH } })
      expect(await ask(url, 'select 1')).toBe(1)
      const pid = await postmasterPid()
      child.kill('SIGKILL')
      await once(child, 'exit')
      const adopted = await startEmbedded(dataDir)
      expect(await postmasterPid()).toBe(pid)
      await adopted.stop()
    },
  )
})

async function copyWithoutLinks(to: string): Promise<void> {
  const from = postgresPackage()
  await cp(from, to, { recursive: true, verbatimSymlinks: true })
  const links: { target: string }[] = JSON.parse(await readFile(join(to, 'native/pg-symlinks.json'), 'utf8'))
  for (const { target } of links) await rm(join(to, target), { force: true })
}
