import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { type Config, readConfig } from '../config.ts'
import type { Database } from '../db/open.ts'
import { transaction } from '../db/transaction.ts'
import { openSecret, sealSecret } from './data-keys.ts'
import type { SecretKeys } from './secret-keys.ts'

/** Where a stored secret of a test is. */
export interface Place {
  workspaceId: string
  rowId: string
}

/** The configuration of a panel that keeps its key in this folder, though its database is one of the tests'. */
export function configOf(database: Database, dataDir: string, more: Partial<Config> = {}): Config {
  return { ...readConfig({}), databaseUrl: database.url, dataDir, ...more }
}

export const contextOf = ({ workspaceId, rowId }: Place) => ({
  workspaceId,
  table: 'connections',
  rowId,
  column: 'credential_sealed',
})

/** Makes a workspace and answers its id. */
export async function insertWorkspace({ pool }: Database): Promise<string> {
  return (await pool.query(`insert into workspaces (name) values ('Contoso') returning id`)).rows[0].id
}

/** Stores a secret as the credential of a new connection. */
export async function storeSecret(
  { db }: Database,
  keys: SecretKeys,
  workspaceId: string,
  secret: string,
): Promise<Place> {
  const rowId = randomUUID()
  await transaction(db, async (tx) => {
    const sealed = await sealSecret(tx, keys, secret, contextOf({ workspaceId, rowId }))
    await sql`
      insert into connections (id, workspace_id, name, cloud, tenant, client_id, credential_kind, credential_sealed)
      values (${rowId}, ${workspaceId}, 'Contoso', 'global', 'contoso.com', ${randomUUID()}, 'secret', ${sealed})`.execute(
      tx,
    )
  })
  return { workspaceId, rowId }
}

/** Opens the secret that is stored there. */
export async function readSecret({ pool }: Database, keys: SecretKeys, place: Place): Promise<string> {
  const { rows } = await pool.query(
    `select c.credential_sealed as sealed, k.sealed as "dataKey"
     from connections c left join data_keys k on k.workspace_id = c.workspace_id and k.version = c.credential_key
     where c.id = $1`,
    [place.rowId],
  )
  return openSecret(keys, rows[0], contextOf(place))
}
