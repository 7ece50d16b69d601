import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Db } from './db/schema.ts'
import { open as openSealed, type SealContext, SealError, type SealingKey, seal } from './seal.ts'
import { StartRefusal } from './start-refusal.ts'

const canary: SealContext = { workspaceId: '', table: 'secret_canary', rowId: 'true', column: 'sealed' }
const canaryText = 'keyroster'

/**
 * Answers the key that the secrets of this database are sealed with: the configured one, or the one kept in the data
 * folder, which is made at first start. A sealed canary in the database proves it before anything is written with it.
 * Throws StartRefusal where the key is another, or gone; then nothing was changed.
 */
export async function openSecretKey(config: Config, db: Db, log: Logger): Promise<SealingKey> {
  const sealed = await readCanary(db)
  if (sealed !== null) return proveSecretKey(config, sealed, 'database')
  const file = keyFile(config)
  const key = config.secretKey ?? (await readKeyFile(file)) ?? (await makeKeyFile(file, log))
  await db
    .insertInto('secret_canary')
    .values({ sealed: seal(key, canaryText, canary) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  // Of two that start at once on an empty database, one wrote the canary: both must have that key.
  return checkKey(key, (await readCanary(db))!, 'KEYROSTER_SECRET_KEY', 'database')
}

/** Where the secret key is kept unless it is configured. */
export const keyFile = (config: Config): string => join(config.dataDir, 'secret-key')

/**
 * Answers the configured key, or the one in the data folder, if it opens this canary of a database or of a backup; reads
 * nothing else and writes nothing. Throws StartRefusal where it does not, or is gone.
 */
export async function proveSecretKey(
  config: Config,
  canary: Buffer,
  of: 'database' | 'backup',
): Promise<SealingKey> {
  const file = keyFile(config)
  if (config.secretKey !== null) return checkKey(config.secretKey, canary, 'KEYROSTER_SECRET_KEY', of)
  const key = await readKeyFile(file)
  if (key !== null) return checkKey(key, canary, file, of)
  throw new StartRefusal(
    `The secret key ${file} is not there, and this ${of} was sealed with it. Put it back from where you keep it; without it the stored credentials cannot be opened.`,
  )
}

async function readCanary(db: Db): Promise<Buffer | null> {
  const row = await db.selectFrom('secret_canary').select('sealed').executeTakeFirst()
  return row?.sealed ?? null
}

function checkKey(key: SealingKey, sealed: Buffer, where: string, of: 'database' | 'backup'): SealingKey {
  try {
    openSealed(key, sealed, canary)
    return key
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    const todo = of === 'database' ? 'Start with the key it was made with' : 'Put that key in its place first'
    throw new StartRefusal(
      `${where} is not the key that this ${of} was sealed with. ${todo}; nothing was changed.`,
      { cause },
    )
  }
}

async function readKeyFile(file: string): Promise<SealingKey | null> {
  if (!existsSync(file)) return null
  const key = Buffer.from(await readFile(file, 'utf8'), 'base64')
  if (key.length !== 32) throw new StartRefusal(`${file} holds no secret key. Put it back from your backup.`)
  return key
}

async function makeKeyFile(file: string, log: Logger): Promise<SealingKey> {
  const key = randomBytes(32)
  const handle = await open(file, 'wx', 0o600)
  await handle.writeFile(`${key.toString('base64')}\n`)
  await handle.sync()
  await handle.close()
  log.warn(
    { file },
    'made a secret key: back this file up together with the database, which is of no use without it',
  )
  return key
}
