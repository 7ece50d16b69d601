import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../config.ts'
import { readIfThere } from '../read-if-there.ts'
import { StartRefusal } from '../start-refusal.ts'
import { syncFolder } from '../sync-folder.ts'
import { type SealingKey, secretKeyOf } from './seal.ts'

/** Where the secret key is kept unless it is configured. */
export const keyFile = (config: Config): string => join(config.dataDir, 'secret-key')

/** Where its successor stands until it is in force. */
const newFile = (config: Config): string => `${keyFile(config)}.new`

/** Where the last one stays that was replaced, for backups made before. */
export const oldKeyFile = (config: Config): string => `${keyFile(config)}.old`

/**
 * The keys in the data folder: the one that is kept there, first, and those beside it. The one being renamed meanwhile is
 * among them, because its old name is looked at before its new one. Throws StartRefusal where a file holds no key.
 */
export async function readKeyFiles(config: Config): Promise<SealingKey[]> {
  const fresh = await readKey(newFile(config))
  const kept = await readKey(keyFile(config))
  const old = await readKey(oldKeyFile(config))
  return [kept, fresh, old].filter((key) => key !== null)
}

/** Makes the key of a first start, unless it is there. */
export async function makeKeyFile(config: Config): Promise<SealingKey> {
  const key = secretKeyOf(randomBytes(32))
  await writeKey(keyFile(config), key)
  return key
}

/** Makes a new key beside the one that is kept, in the place of any that was never in force. */
export async function makeNewKeyFile(config: Config): Promise<SealingKey> {
  const key = secretKeyOf(randomBytes(32))
  await writeKey(newFile(config), key, keyFile(config))
  return key
}

/** Gives a new key its final name once it is in force, and keeps the one before it; otherwise does nothing. */
export async function settleKeyFile(config: Config, inForce: SealingKey): Promise<void> {
  const fresh = await readKey(newFile(config))
  if (fresh?.name !== inForce.name) return
  const before = await readKey(keyFile(config))
  if (before !== null && before.name !== inForce.name) {
    await writeKey(oldKeyFile(config), before, keyFile(config))
  }
  await rename(newFile(config), keyFile(config)).catch((error: NodeJS.ErrnoException) => {
    // Somebody else, a panel that was starting, has just given it its name.
    if (error.code !== 'ENOENT') throw error
  })
  await syncFolder(config.dataDir)
}

async function readKey(file: string): Promise<SealingKey | null> {
  const text = await readIfThere(file).catch((error: NodeJS.ErrnoException) => {
    throw new StartRefusal(`${file} cannot be read (${error.code}). Check who may read it.`, { cause: error })
  })
  if (text === null) return null
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 32)
    throw new StartRefusal(`${file} holds no secret key. Put it back from your backup.`)
  return secretKeyOf(bytes)
}

/** The file appears under its name only when all of it is on the disk; it belongs to whoever owns `like`. */
async function writeKey(file: string, key: SealingKey, like?: string): Promise<void> {
  const unfinished = `${file}.unfinished`
  await rm(unfinished, { force: true })
  const handle = await open(unfinished, 'wx', 0o600)
  await handle.writeFile(`${key.bytes.toString('base64')}\n`)
  await handle.sync()
  await handle.close()
  if (like !== undefined && existsSync(like)) await giveTo(unfinished, like)
  await rename(unfinished, file)
  await syncFolder(dirname(file))
}

/** The console's user may be root where the panel's is not, and the panel must be able to read its key. */
async function giveTo(file: string, like: string): Promise<void> {
  const { uid, gid } = await stat(like)
  if (process.getuid?.() === 0) await chown(file, uid, gid)
}
