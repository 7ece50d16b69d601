import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Db, Tx } from '../db/schema.ts'
import { StartRefusal } from '../start-refusal.ts'
import { keyFile, makeKeyFile, readKeyFiles, settleKeyFile } from './key-file.ts'
import { open, readHead, type SealContext, SealError, type SealingKey, seal, secretKeyOf } from './seal.ts'

/** The secret keys that this process knows: one, or two around a rotation. */
export interface SecretKeys {
  /** Looks into the key files again for a key that it has not seen yet. Throws SealError where there is none. */
  named(name: number): Promise<SealingKey>
}

const canary: SealContext = { workspaceId: '', table: 'secret_canary', rowId: 'true', column: 'sealed' }
const canaryText = 'keyroster'

/**
 * Answers the secret keys of this database: the configured one, or the one kept in the data folder, which is made at first
 * start. A sealed canary in the database says which one is in force, and proves it before anything is written with it.
 * Throws StartRefusal where no known key opens the canary; then nothing was changed.
 */
export async function openSecretKeys(config: Config, db: Db, log: Logger): Promise<SecretKeys> {
  if ((await readCanary(db)) === null) await makeCanary(config, db, log)
  // Of two that start at once on an empty database, one wrote the canary: both must have that key.
  const inForce = await proveSecretKey(config, (await readCanary(db))!, 'database')
  if (config.secretKey === null) await settleKeyFile(config, inForce)
  const [wanted, old] = await readSecretKeys(config)
  if (wanted?.name !== inForce.name) {
    log.warn('the old secret key is still in force: run keyroster rotate-key with the same settings')
  } else if (config.secretKey !== null && old !== undefined) {
    log.warn('KEYROSTER_SECRET_KEY_OLD is not needed any more: remove it at the next start')
  }
  const keys = knownSecretKeys(config)
  await keys.named(inForce.name)
  return keys
}

function knownSecretKeys(config: Config): SecretKeys {
  const known = new Map<number, SealingKey>()
  return {
    async named(name) {
      if (!known.has(name)) for (const key of await readSecretKeys(config)) known.set(key.name, key)
      const key = known.get(name)
      if (key === undefined) throw new SealError('This was sealed with a secret key that is not known here.')
      return key
    },
  }
}

/** First the one that shall be in force, then those that may still be. */
async function readSecretKeys(config: Config): Promise<SealingKey[]> {
  if (config.secretKey === null) return readKeyFiles(config)
  return [config.secretKey, config.oldSecretKey].filter((bytes) => bytes !== null).map(secretKeyOf)
}

/**
 * Answers the known key that opens this canary of a database or of a backup; reads nothing else and writes nothing. Throws
 * StartRefusal where none does, or there is none.
 */
export async function proveSecretKey(
  config: Config,
  sealed: Buffer,
  of: 'database' | 'backup',
): Promise<SealingKey> {
  const keys = await readSecretKeys(config)
  const file = keyFile(config)
  if (keys.length === 0) {
    throw new StartRefusal(
      `The secret key ${file} is not there, and this ${of} was sealed with it. Put it back from where you keep it; without it the stored credentials cannot be opened.`,
    )
  }
  const where = config.secretKey === null ? file : 'KEYROSTER_SECRET_KEY'
  const key = keys.find(({ name }) => name === readHead(sealed).name)
  try {
    if (key === undefined) throw new SealError('The canary was sealed with another key.')
    open(key, sealed, canary)
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

/**
 * The secret key that data keys are sealed with, which is the one that opens the canary; it stays in force until the
 * transaction ends. Throws SealError where it is not known.
 */
export async function readKeyInForce(tx: Tx, keys: SecretKeys): Promise<SealingKey> {
  const { sealed } = await tx
    .selectFrom('secret_canary')
    .select('sealed')
    .forShare()
    .executeTakeFirstOrThrow()
  const key = await keys.named(readHead(sealed).name)
  open(key, sealed, canary)
  return key
}

/** Puts another key in force; the caller holds the canary, and seals all data keys anew in the same transaction. */
export async function putInForce(tx: Tx, key: SealingKey): Promise<void> {
  await tx
    .updateTable('secret_canary')
    .set({ sealed: seal(key, canaryText, canary) })
    .execute()
}

async function makeCanary(config: Config, db: Db, log: Logger): Promise<void> {
  const [known] = await readSecretKeys(config)
  const key = known ?? (await makeKeyFile(config))
  if (known === undefined) {
    log.warn(
      { file: keyFile(config) },
      'made a secret key: back this file up together with the database, which is of no use without it',
    )
  }
  await db
    .insertInto('secret_canary')
    .values({ sealed: seal(key, canaryText, canary) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function readCanary(db: Db): Promise<Buffer | null> {
  const row = await db.selectFrom('secret_canary').select('sealed').executeTakeFirst()
  return row?.sealed ?? null
}
