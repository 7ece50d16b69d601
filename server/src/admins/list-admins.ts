import type { Admin } from '@keyroster/api/admins.ts'
import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { notFound } from '../problem.ts'

interface Row extends Pick<Admin, 'id' | 'name' | 'email' | 'role' | 'passkeys' | 'microsoft'> {
  disabled_at: Date | null
  last_seen_at: Date | null
  created_at: Date
}

/** Everybody who may sign in to the workspace, and who is disabled, by name. */
export async function listAdmins(db: Db, asker: SignedInAdmin): Promise<Admin[]> {
  const found = await sql<Row>`
    select a.id, a.name, a.email, a.role, a.disabled_at, a.created_at, a.entra_object_id is not null as microsoft,
      (select count(*)::int from passkeys p where p.admin_id = a.id) as passkeys,
      greatest(
        (select max(last_seen_at) from sessions s where s.admin_id = a.id),
        (select max(last_used_at) from passkeys p where p.admin_id = a.id)) as last_seen_at
    from admins a where a.workspace_id = ${asker.workspaceId} order by lower(a.name), a.id`.execute(db)
  return found.rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    disabledAt: row.disabled_at?.toISOString() ?? null,
    passkeys: row.passkeys,
    microsoft: row.microsoft,
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    self: row.id === asker.id,
  }))
}

/** Throws not_found. A workspace has few admins, so the list is read for one. */
export async function readAdmin(db: Db, asker: SignedInAdmin, id: string): Promise<Admin> {
  const admin = (await listAdmins(db, asker)).find((one) => one.id === id)
  if (admin === undefined) throw notFound('admin')
  return admin
}
