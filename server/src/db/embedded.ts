import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, lstat, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import type { Logger } from 'pino'
import { readIfThere } from '../read-if-there.ts'
import { StartRefusal } from '../start-refusal.ts'
import { lockFolder } from './lock-folder.ts'
import { type Account, preparePostgres } from './postgres-binaries.ts'

export interface EmbeddedPostgres {
  /** A connection string to the database `keyroster`. */
  url: string
  /** Ends all connections, stops PostgreSQL cleanly and gives the folder back. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** False for data that may be lost with the machine, as in tests: nothing waits for the disk. */
  durable?: boolean
  /** Is told when PostgreSQL had to be started again. */
  log?: Logger
}

const run = promisify(execFile)

/** PostgreSQL refuses to run as root; started by root, it runs as this user instead, whom every system calls nobody. */
const unprivileged = { uid: 65_534, gid: 65_534 }

const startLimitMs = 120_000
const stopLimitMs = 60_000
const remainsLimitMs = 10_000
const lookMs = 500
const longestLookMs = 4_000

/**
 * Starts PostgreSQL on `dataDir`, reachable through a private Unix socket alone; makes the data at first start, and adopts
 * a PostgreSQL that outlived a killed panel. Should it end, it is started again, until `stop`. Throws StartRefusal where another panel uses the folder, or where it
 * does not start.
 */
export async function startEmbedded(
  dataDir: string,
  options: EmbeddedOptions = {},
): Promise<EmbeddedPostgres> {
  const place = await preparePlace(dataDir)
  const unlock = lockFolder(dataDir)
  try {
    const url = (await adopt(place)) ?? (await launch(place, options))
    const letEnd = keepRunning(place, options)
    return {
      url,
      stop: async () => {
        await letEnd()
        await stop(place)
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/** The connection string of the PostgreSQL that runs on `dataDir`, or null where none does. */
export async function findEmbedded(dataDir: string): Promise<string | null> {
  const postmaster = await readPostmaster(join(dataDir, 'postgres'))
  return postmaster === null ? null : urlOf(postmaster.socketFolder)
}

/** Where one embedded PostgreSQL lives: `folder` holds its data and its log. */
interface Place {
  folder: string
  data: string
  socketFolder: string
  account: Account
}

async function preparePlace(dataDir: string): Promise<Place> {
  const folder = join(dataDir, 'postgres')
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((cause) => {
    throw new StartRefusal(
      `The folder ${dataDir} cannot be made (${cause.code}). Choose another with KEYROSTER_DATA_DIR.`,
      { cause },
    )
  })
  const account = process.getuid?.() === 0 ? await accountFor(folder) : null
  if (account !== null) await letIn(dataDir, account)
  await makePrivate(folder, account)
  const socketFolder = socketFolderFor(folder)
  if (socketFolder !== folder) await makePrivate(socketFolder, account)
  return { folder, data: join(folder, 'data'), socketFolder, account }
}

/** Data that somebody made without being root stays theirs. */
async function accountFor(folder: string): Promise<Account> {
  if (!existsSync(folder)) return unprivileged
  const { uid, gid } = await stat(folder)
  return uid === 0 ? unprivileged : { uid, gid }
}

/** Lets `account` pass through the data folder, and refuses where it cannot even get there. */
async function letIn(dataDir: string, account: NonNullable<Account>): Promise<void> {
  await chmod(dataDir, ((await stat(dataDir)).mode & 0o777) | 0o011)
  for (let path = dataDir; path !== dirname(path); path = dirname(path)) {
    const { mode, uid } = await stat(path)
    if ((mode & (uid === account.uid ? 0o100 : 0o001)) !== 0) continue
    throw new StartRefusal(
      `PostgreSQL does not run as root, and the user it runs as (${account.uid}) may not enter ${path}. Choose another folder with KEYROSTER_DATA_DIR, such as /var/lib/keyroster.`,
    )
  }
}

/** Makes a folder that only PostgreSQL's user may enter, or checks that it is one: anybody can make folders in /tmp. */
async function makePrivate(folder: string, account: Account): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (account !== null && (await lstat(folder)).uid === 0) await chown(folder, account.uid, account.gid)
  const found = await lstat(folder)
  const owner = account?.uid ?? process.getuid?.()
  if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o077) !== 0) {
    throw new StartRefusal(
      `${folder} must be a folder that only user ${owner} may enter. Remove it, or choose another data folder with KEYROSTER_DATA_DIR.`,
    )
  }
}

/** The socket stands beside the data where its path fits into the system's 104 bytes, else in a short place. */
function socketFolderFor(folder: string): string {
  if (Buffer.byteLength(join(folder, '.s.PGSQL.5432')) < 104) return folder
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  return `/tmp/keyroster-${name}`
}

function urlOf(socketFolder: string, database = 'keyroster'): string {
  return `postgres://keyroster@localhost/${database}?host=${encodeURIComponent(socketFolder)}`
}

interface Postmaster {
  pid: number
  socketFolder: string
}

/** Who runs on this data, by its postmaster.pid: https://www.postgresql.org/docs/current/storage-file-layout.html */
async function readPostmaster(folder: string): Promise<Postmaster | null> {
  // A server that is stopping may take the file away at any moment.
  const text = await readIfThere(join(folder, 'data/postmaster.pid'))
  if (text === null) return null
  const lines = text.split('\n')
  const pid = Number(lines[0])
  return (await isPostgres(pid)) ? { pid, socketFolder: lines[4] || folder } : null
}

/**
 * After a reboot, or in a new container, the number may be somebody else's; and a killed server whose parent does not
 * bury it keeps its number, and its name, as a zombie.
 */
async function isPostgres(pid: number): Promise<boolean> {
  if (!isProcess(pid)) return false
  if (process.platform !== 'linux') return true
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return /^\d+ \(postgres\) [^ZX]/.test(status)
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Joins the PostgreSQL that outlived its panel; null where none runs, or where it was just stopping. */
async function adopt(place: Place): Promise<string | null> {
  const postmaster = await readPostmaster(place.folder)
  if (postmaster === null) {
    await removeRemains(place)
    return null
  }
  const answered = await awaitAnswer(postmaster.socketFolder, () => isPostgres(postmaster.pid))
  return answered ? urlOf(postmaster.socketFolder) : null
}

/** PostgreSQL believes a lock file whose number is any living process's, or a zombie's; where it is neither, it decides. */
async function removeRemains(place: Place): Promise<void> {
  for (const file of [join(place.data, 'postmaster.pid'), join(place.socketFolder, '.s.PGSQL.5432.lock')]) {
    if (!existsSync(file)) continue
    if (isProcess(Number.parseInt(await readFile(file, 'utf8'), 10))) await rm(file)
  }
}

async function launch(place: Place, options: EmbeddedOptions): Promise<string> {
  const bin = await preparePostgres(place.account)
  if (!existsSync(join(place.data, 'PG_VERSION'))) await makeData(bin, place, options)
  const deadline = Date.now() + remainsLimitMs
  for (;;) {
    const said = await startServer(bin, place, options)
    if (said === null) return urlOf(place.socketFolder)
    // The processes of a killed server end a moment after it, and hold its memory until then.
    if (!said.includes('is still in use') || Date.now() > deadline) {
      throw new StartRefusal(`The embedded PostgreSQL did not start. It said:\n${said}`)
    }
    await sleep(200)
  }
}

/** Null once the server answers, or what it said before it ended. */
async function startServer(bin: string, place: Place, options: EmbeddedOptions): Promise<string | null> {
  const log = await open(logOf(place), 'w', 0o600)
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', place.data, '-k', place.socketFolder, ...settings(options).flatMap((setting) => ['-c', setting])],
    // Of its own session, so that Ctrl+C reaches the panel alone, which then stops PostgreSQL last.
    { ...place.account, env: environment, detached: true, stdio: ['ignore', log.fd, log.fd] },
  )
  child.unref()
  const failed = new Promise<Error>((resolve) => child.once('error', resolve))
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const answered = await Promise.race([awaitAnswer(place.socketFolder, isRunning), failed])
  await log.close()
  if (answered === true) return null
  return answered instanceof Error ? answered.message : await lastWords(place)
}

async function lastWords(place: Place): Promise<string> {
  return (await readFile(logOf(place), 'utf8')).slice(-1000).trim()
}

const logOf = (place: Place) => join(place.folder, 'postgres.log')

/** Never the panel's own environment, which may hold its secrets. */
const environment = { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC' }

/** Made beside its place and then renamed, so that a killed first start leaves nothing half made. */
async function makeData(bin: string, place: Place, options: EmbeddedOptions): Promise<void> {
  const unfinished = `${place.data}.new`
  await rm(unfinished, { recursive: true, force: true })
  const flags = [
    `--pgdata=${unfinished}`,
    '--username=keyroster',
    // The socket's folder keeps everybody else out.
    '--auth=trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--lc-collate=C',
    // pg_trgm asks the C library which letters are letters; macOS has no C.UTF-8.
    `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
    ...(options.durable === false ? ['--no-sync'] : []),
  ]
  await run(join(bin, 'initdb'), flags, { ...place.account, env: environment }).catch((cause) => {
    const said = String(cause.stderr ?? cause.message).trim()
    throw new StartRefusal(`The embedded PostgreSQL could not make its data. It said:\n${said}`, { cause })
  })
  await rename(unfinished, place.data)
}

/** For a machine of two cores that runs the panel too. */
function settings(options: EmbeddedOptions): string[] {
  const megabytes = totalmem() / 2 ** 20
  const buffers = options.durable === false ? 128 : Math.round(Math.min(512, Math.max(64, megabytes / 16)))
  const durability =
    options.durable === false ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []
  return [
    'listen_addresses=',
    'unix_socket_permissions=0700',
    `max_connections=${options.durable === false ? 200 : 60}`,
    `shared_buffers=${buffers}MB`,
    `effective_cache_size=${Math.round(megabytes / 3)}MB`,
    'work_mem=16MB',
    'maintenance_work_mem=128MB',
    'max_wal_size=2GB',
    'checkpoint_timeout=15min',
    'random_page_cost=1.1',
    'max_worker_processes=4',
    'max_parallel_workers=2',
    'jit=off',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_checkpoints=off',
    // Refused writes are the panel's business, and it logs them; what stops the server belongs here.
    'log_min_messages=log',
    ...durability,
  ]
}

/** Waits until the server answers and has its database; false where it ended instead. */
async function awaitAnswer(
  socketFolder: string,
  isRunning: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const deadline = Date.now() + startLimitMs
  while (await isRunning()) {
    if (await makeDatabase(socketFolder)) return true
    if (Date.now() > deadline) {
      throw new StartRefusal(`The embedded PostgreSQL did not answer within ${startLimitMs / 1000} seconds.`)
    }
    await sleep(20)
  }
  return false
}

/** False while the server does not accept connections yet, or no longer. */
async function makeDatabase(socketFolder: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(socketFolder, 'postgres') })
  try {
    await client.connect()
    const found = await client.query("select from pg_database where datname = 'keyroster'")
    if (found.rowCount === 0) await client.query('create database keyroster')
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    // No socket, nobody at it, gone while connecting; or starting up and shutting down (cannot_connect_now).
    if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P03'].includes(code)) return false
    throw error
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Looks after a running PostgreSQL: one that was killed for its memory, or that a full disk ended, is started again as soon
 * as it starts. The answer ends this.
 */
function keepRunning(place: Place, options: EmbeddedOptions): () => Promise<void> {
  const ending = new AbortController()
  const look = async () => {
    let wait = lookMs
    while (!ending.signal.aborted) {
      await sleep(wait, undefined, { signal: ending.signal, ref: false }).catch(() => {})
      if (ending.signal.aborted) return
      wait = (await revive(place, options)) ? lookMs : Math.min(wait * 2, longestLookMs)
    }
  }
  const looking = look()
  return async () => {
    ending.abort()
    await looking
  }
}

/** True where PostgreSQL runs, again or still. */
async function revive(place: Place, options: EmbeddedOptions): Promise<boolean> {
  try {
    if ((await readPostmaster(place.folder)) !== null) return true
    options.log?.error({ said: await lastWords(place) }, 'PostgreSQL has ended, and is started again')
    await removeRemains(place)
    await launch(place, options)
    return true
  } catch (error) {
    options.log?.error({ err: error }, 'PostgreSQL cannot be started again')
    return false
  }
}

/** A fast shutdown: https://www.postgresql.org/docs/current/server-shutdown.html */
async function stop(place: Place): Promise<void> {
  const postmaster = await readPostmaster(place.folder)
  if (postmaster === null) return
  process.kill(postmaster.pid, 'SIGINT')
  const deadline = Date.now() + stopLimitMs
  while (await isPostgres(postmaster.pid)) {
    if (Date.now() > deadline) throw new Error(`PostgreSQL (process ${postmaster.pid}) did not stop.`)
    await sleep(20)
  }
  if (place.socketFolder !== place.folder) await rm(place.socketFolder, { recursive: true, force: true })
}
