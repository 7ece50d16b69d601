import { sql } from 'kysely'
import { actors, audit } from '../audit/record.ts'
import type { Config } from '../config.ts'
import { holdingLock } from '../db/advisory-lock.ts'
import type { Database } from '../db/open.ts'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { newDataKey, openDataKey, sealDataKey } from './data-keys.ts'
import { makeNewKeyFile, settleKeyFile } from './key-file.ts'
import { resealWorkspace, retireKeys } from './reseal.ts'
import { type SealingKey, secretKeyOf } from './seal.ts'
import { putInForce, readKeyInForce, type SecretKeys } from './secret-keys.ts'

export interface Rotation {
  /** Whether this went on with a rotation that was interrupted, and began no other. */
  resumed: boolean
  secretKeyReplaced: boolean
  /** Secrets that were sealed anew. */
  secrets: number
}

/** Any number, the same in every Keyroster: whoever rotates keys holds it. */
const rotationLock = 5_304_117_906

/**
 * Gives every workspace a new data key, seals its secrets anew with it and removes the keys before it; and replaces the
 * secret key, where it is the one in the data folder, or where KEYROSTER_SECRET_KEY is not the one in force. Goes on with a
 * rotation that was interrupted, wherever that was; panels may be at work meanwhile. Throws StartRefusal where a secret
 * does not open.
 */
export async function rotateKeys(config: Config, database: Database, keys: SecretKeys): Promise<Rotation> {
  return holdingLock(database.pool, rotationLock, () => rotate(config, database.db, keys))
}

async function rotate(config: Config, db: Db, keys: SecretKeys): Promise<Rotation> {
  const interrupted = await isUnfinished(db)
  const before = await finish(db, keys)
  if (interrupted && (await isWantedKeyInForce(config, db, keys))) {
    return { resumed: true, secretKeyReplaced: false, secrets: before }
  }
  const secretKeyReplaced = await begin(config, db, keys)
  return { resumed: false, secretKeyReplaced, secrets: await finish(db, keys) }
}

/** A workspace has several data keys from the beginning of a rotation to its end. */
async function isUnfinished(db: Db): Promise<boolean> {
  const found = await sql`select from data_keys group by workspace_id having count(*) > 1 limit 1`.execute(db)
  return found.rows.length > 0
}

async function isWantedKeyInForce(config: Config, db: Db, keys: SecretKeys): Promise<boolean> {
  if (config.secretKey === null) return true
  const inForce = await transaction(db, (tx) => readKeyInForce(tx, keys))
  return inForce.name === secretKeyOf(config.secretKey).name
}

/**
 * The first phase, all of it or nothing: every data key is sealed with the next secret key, which is in force from then
 * on, and every workspace gets a new data key, which seals what is written from then on. Answers whether the secret key is
 * another one now.
 */
async function begin(config: Config, db: Db, keys: SecretKeys): Promise<boolean> {
  const { inForce, next } = await transaction(db, async (tx) => {
    await sql`select from secret_canary for update`.execute(tx)
    const inForce = await readKeyInForce(tx, keys)
    // Made while the canary is held, so that nobody else makes one; a file of a transaction that is undone is never in force.
    const next = config.secretKey === null ? await makeNewKeyFile(config) : secretKeyOf(config.secretKey)
    const secretKeyReplaced = next.name !== inForce.name
    if (secretKeyReplaced) {
      await sealDataKeysAnew(tx, keys, next)
      await putInForce(tx, next)
    }
    for (const [workspaceId, version] of await addDataKeys(tx, next)) {
      const detail = { dataKey: version, secretKeyReplaced }
      await audit(tx, { workspaceId, actor: actors.console, action: 'secret-key.rotation-begun', detail })
    }
    return { inForce, next }
  })
  if (config.secretKey === null) await settleKeyFile(config, next)
  return next.name !== inForce.name
}

async function sealDataKeysAnew(tx: Tx, keys: SecretKeys, next: SealingKey): Promise<void> {
  const all = await tx.selectFrom('data_keys').select(['workspace_id', 'version', 'sealed']).execute()
  for (const { workspace_id, version, sealed } of all) {
    const key = await openDataKey(keys, workspace_id, version, sealed)
    await tx
      .updateTable('data_keys')
      .set({ sealed: sealDataKey(next, workspace_id, key) })
      .where('workspace_id', '=', workspace_id)
      .where('version', '=', version)
      .execute()
  }
}

/** Answers each workspace with the version of its new data key. */
async function addDataKeys(tx: Tx, secretKey: SealingKey): Promise<[string, number][]> {
  const { rows } = await sql<{ id: string; version: number }>`
    select id, 1 + coalesce((select max(version) from data_keys where workspace_id = id), 0) as version
    from workspaces order by id`.execute(tx)
  for (const { id, version } of rows) {
    const sealed = sealDataKey(secretKey, id, newDataKey(version))
    await tx.insertInto('data_keys').values({ workspace_id: id, version, sealed }).execute()
  }
  return rows.map(({ id, version }) => [id, version])
}

/** The second phase, in small steps that may be repeated: answers how many secrets were sealed anew. */
async function finish(db: Db, keys: SecretKeys): Promise<number> {
  let secrets = 0
  for (const { id } of await db.selectFrom('workspaces').select('id').orderBy('id').execute()) {
    do secrets += await resealWorkspace(db, keys, id)
    while (
      // Whoever was just storing a secret with the key before may have stored it since.
      !(await retireKeys(db, id))
    )
  }
  return secrets
}
