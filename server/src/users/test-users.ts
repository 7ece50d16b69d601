import type { Insertable } from 'kysely'
import type { Db, Schema } from '../db/schema.ts'
import { foldEmail, foldName, searchText } from './fold.ts'

type Columns = Partial<Insertable<Schema['users']>>

/** A user as a test needs one, folded as all are; answers the id. */
export async function insertUser(
  db: Db,
  workspaceId: string,
  name: string,
  columns: Columns = {},
): Promise<string> {
  const email = columns.email ?? null
  const { id } = await db
    .insertInto('users')
    .values({
      workspace_id: workspaceId,
      display_name: name,
      name_folded: foldName(name),
      email_folded: foldEmail(email),
      search: searchText(name, email, columns.user_principal_name ?? null),
      ...columns,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** A connection of a proved tenant, with nothing behind it; answers the ids that imported users carry. */
export async function insertConnection(
  db: Db,
  workspaceId: string,
): Promise<{ id: string; tenantId: string }> {
  const tenantId = crypto.randomUUID()
  const { id } = await db
    .insertInto('connections')
    .values({
      workspace_id: workspaceId,
      name: 'Microsoft Entra ID',
      cloud: 'global',
      tenant: 'contoso.com',
      tenant_id: tenantId,
      client_id: crypto.randomUUID(),
      credential_kind: 'secret',
      credential_sealed: Buffer.alloc(0),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, tenantId }
}

/** What makes a user an imported one. */
export function imported(connection: { id: string; tenantId: string }): Columns {
  return {
    source: 'entra',
    connection_id: connection.id,
    tenant_id: connection.tenantId,
    object_id: crypto.randomUUID(),
    linked_at: new Date(),
  }
}

/** Another workspace in the same database, whose people must stay out of sight. */
export async function insertWorkspace(db: Db): Promise<string> {
  const { id } = await db
    .insertInto('workspaces')
    .values({ name: 'Another' })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}
