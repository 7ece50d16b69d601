import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Tx } from '../db/schema.ts'
import { dataKeyOf, open, readHead, type SealContext, SealError, type SealingKey, seal } from './seal.ts'
import { readKeyInForce, type SecretKeys } from './secret-keys.ts'

/** A sealed text and, sealed too, the data key of its workspace that sealed it; null where the secret key itself did. */
export interface StoredSecret {
  sealed: Buffer
  dataKey: Buffer | null
}

/**
 * Seals a secret with the newest data key of its workspace, in the transaction that stores it: until that ends, a rotation
 * cannot remove the key. Throws SealError where the secret key in force is not known.
 */
export async function sealSecret(
  tx: Tx,
  keys: SecretKeys,
  text: string,
  context: SealContext,
): Promise<Buffer> {
  return seal(await holdNewestKey(tx, keys, context.workspaceId), text, context)
}

/** Opens what `sealSecret` made for this context. Throws SealError. */
export async function openSecret(
  keys: SecretKeys,
  { sealed, dataKey }: StoredSecret,
  context: SealContext,
): Promise<string> {
  const { kind, name } = readHead(sealed)
  if (kind === 'secret-key') return open(await keys.named(name), sealed, context)
  if (dataKey === null) throw new SealError('The data key that sealed this is gone.')
  return open(await openDataKey(keys, context.workspaceId, name, dataKey), sealed, context)
}

/** The newest data key of a workspace, made if it has none, and kept from removal until the transaction ends. */
export async function holdNewestKey(tx: Tx, keys: SecretKeys, workspaceId: string): Promise<SealingKey> {
  for (;;) {
    const newest = await sql<{ version: number; sealed: Buffer }>`
      select version, sealed from data_keys where workspace_id = ${workspaceId}
      order by version desc limit 1 for key share`.execute(tx)
    const found = newest.rows[0]
    if (found !== undefined) return openDataKey(keys, workspaceId, found.version, found.sealed)
    // Nothing is found also at the moment in which a rotation removes the key that was the newest: then there is another.
    await sql`
      insert into data_keys (workspace_id, version, sealed)
      select ${workspaceId}, 1, ${sealDataKey(await readKeyInForce(tx, keys), workspaceId, newDataKey(1))}
      where not exists (select from data_keys where workspace_id = ${workspaceId})
      on conflict do nothing`.execute(tx)
  }
}

export const newDataKey = (version: number): SealingKey => dataKeyOf(version, randomBytes(32))

export function sealDataKey(secretKey: SealingKey, workspaceId: string, key: SealingKey): Buffer {
  return seal(secretKey, key.bytes.toString('base64'), dataKeyContext(workspaceId, key.name))
}

/** Throws SealError where the secret key is not known, or the data key is of another workspace or version. */
export async function openDataKey(
  keys: SecretKeys,
  workspaceId: string,
  version: number,
  sealed: Buffer,
): Promise<SealingKey> {
  const secretKey = await keys.named(readHead(sealed).name)
  const text = open(secretKey, sealed, dataKeyContext(workspaceId, version))
  return dataKeyOf(version, Buffer.from(text, 'base64'))
}

function dataKeyContext(workspaceId: string, version: number): SealContext {
  return { workspaceId, table: 'data_keys', rowId: String(version), column: 'sealed' }
}
