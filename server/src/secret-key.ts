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
  const file = join(config.dataDir, 'secret-key')
  const found = config.secretKey ?? (await readKeyFile(file))
  const sealed = await readCanary(db)
  if (sealed !== null)
    return checkKey(found, sealed, config.secretKey === null ? file : 'KEYROSTER_SECRET_KEY')
  const key = found ?? (await makeKeyFile(file, log))
  await db
    .insertInto('secret_canary')
    .values({ sealed: seal(key, canaryText, canary) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  // Of two that start at once on an empty database, one wrote the canary: both must have that key.
  return checkKey(key, (await readCanary(db))!, 'KEYROSTER_SECRET_KEY')
}

async function readCanary(db: Db): Promise<Buffer | null> {
  const row = await db.selectFrom('secret_canary').select('sealed').executeTakeFirst()
  return row?.sealed ?? null
}

function checkKey(key: SealingKey | null, sealed: Buffer, where: string): SealingKey {
  if (key === null) {
    throw new StartRefusal(
      `The secret key ${where} is gone, and this database was sealed with it. Put it back from your backup; without it the stored credentials cannot be opened.`,
    )
  }
  try {
    openSealed(key, sealed, canary)
    return key
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw new StartRefusal(
      `${where} is not the key that this database was sealed with. Start with the key it was made with; nothing was changed.`,
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
