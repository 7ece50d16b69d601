import { sql } from 'kysely'
import { actors, audit } from '../audit/record.ts'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { StartRefusal } from '../start-refusal.ts'
import { holdNewestKey, openSecret, type StoredSecret } from './data-keys.ts'
import { SealError, type SealingKey, seal } from './seal.ts'
import { type SealedColumn, sealedColumns } from './sealed-columns.ts'
import type { SecretKeys } from './secret-keys.ts'

const batchSize = 50

interface Row extends StoredSecret {
  id: string
}

/**
 * Seals what older keys sealed with the newest data key of its workspace, a batch in a transaction; answers how many texts.
 * Throws StartRefusal, once all others are done, where some do not open.
 */
export async function resealWorkspace(db: Db, keys: SecretKeys, workspaceId: string): Promise<number> {
  let resealed = 0
  const broken: string[] = []
  for (const column of sealedColumns) {
    for (let after: string | undefined = '00000000-0000-0000-0000-000000000000'; after !== undefined; ) {
      const batch = await transaction(db, (tx) => resealBatch(tx, keys, workspaceId, column, after!))
      resealed += batch.resealed
      broken.push(...batch.broken)
      after = batch.last
    }
  }
  if (broken.length === 0) return resealed
  throw new StartRefusal(
    `What is sealed in ${broken.join(', ')} does not open with any known key. Enter it again in the panel or delete it there, then run this again; all others were sealed anew.`,
  )
}

async function resealBatch(
  tx: Tx,
  keys: SecretKeys,
  workspaceId: string,
  sealedColumn: SealedColumn,
  after: string,
): Promise<{ resealed: number; broken: string[]; last: string | undefined }> {
  const newest = await holdNewestKey(tx, keys, workspaceId)
  const rows = await readOutdated(tx, workspaceId, sealedColumn, newest, after)
  const broken: string[] = []
  for (const row of rows) {
    const opened = await resealRow(tx, keys, workspaceId, sealedColumn, newest, row)
    if (!opened) broken.push(`${sealedColumn.table} ${row.id}`)
  }
  return { resealed: rows.length - broken.length, broken, last: rows.at(-1)?.id }
}

async function readOutdated(
  tx: Tx,
  workspaceId: string,
  { table, column, keyColumn }: SealedColumn,
  newest: SealingKey,
  after: string,
): Promise<Row[]> {
  const keyOfRow = sql.ref(`t.${keyColumn}`)
  const found = await sql<Row>`
    select t.id, ${sql.ref(`t.${column}`)} as sealed, k.sealed as "dataKey"
    from ${sql.table(table)} t left join data_keys k on k.workspace_id = t.workspace_id and k.version = ${keyOfRow}
    where t.workspace_id = ${workspaceId} and t.id > ${after} and ${keyOfRow} is distinct from ${newest.name}
      and ${sql.ref(`t.${column}`)} is not null
    order by t.id limit ${batchSize} for no key update of t`.execute(tx)
  return found.rows
}

/** False where the text does not open: then it is left as it is. */
async function resealRow(
  tx: Tx,
  keys: SecretKeys,
  workspaceId: string,
  { table, column }: SealedColumn,
  newest: SealingKey,
  row: Row,
): Promise<boolean> {
  const context = { workspaceId, table, rowId: row.id, column }
  try {
    const sealed = seal(newest, await openSecret(keys, row, context), context)
    await sql`
      update ${sql.table(table)} set ${sql.ref(column)} = ${sealed}
      where workspace_id = ${workspaceId} and id = ${row.id}`.execute(tx)
    return true
  } catch (error) {
    if (error instanceof SealError) return false
    throw error
  }
}

/**
 * Removes the data keys before the newest of a workspace; false where something is sealed with them still. Waits for
 * whoever is just storing something with them.
 */
export async function retireKeys(db: Db, workspaceId: string): Promise<boolean> {
  return transaction(db, async (tx) => {
    const older = await sql<{ version: number; newest: number }>`
      select version, newest from data_keys, (select max(version) as newest from data_keys where workspace_id = ${workspaceId}) as all_keys
      where workspace_id = ${workspaceId} and version < newest order by version for update of data_keys`.execute(
      tx,
    )
    if (older.rows.length === 0) return true
    const versions = older.rows.map(({ version }) => version)
    for (const { table, keyColumn } of sealedColumns) {
      const used = await sql`
        select from ${sql.table(table)} where workspace_id = ${workspaceId} and ${sql.ref(keyColumn)} = any(${versions})
        limit 1`.execute(tx)
      if (used.rows.length > 0) return false
    }
    await tx
      .deleteFrom('data_keys')
      .where('workspace_id', '=', workspaceId)
      .where('version', 'in', versions)
      .execute()
    const detail = { dataKey: older.rows[0]!.newest, removed: versions }
    await audit(tx, { workspaceId, actor: actors.console, action: 'secret-key.rotated', detail })
    return true
  })
}
