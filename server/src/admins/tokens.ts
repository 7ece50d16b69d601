import type { Action, Role } from '@keyroster/api/roles.ts'
import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { hashToken } from './secret-token.ts'

/** Whose live token an Authorization header brings, by the database's clock; null where it brings none. */
export async function findToken(db: Db, authorization: string): Promise<SignedInAdmin | null> {
  const token = /^Bearer (kr_[\w-]{43})$/i.exec(authorization)?.[1]
  if (token === undefined) return null
  const found = await sql<{
    id: string
    name: string
    email: string | null
    role: Role
    workspaceId: string
    token: string
    scopes: Action[]
    stale: boolean
  }>`
    select a.id, a.name, a.email, a.role, a.workspace_id as "workspaceId", t.id as token, t.scopes,
      t.last_used_at is null or t.last_used_at < now() - interval '1 minute' as stale
    from api_tokens t join admins a on a.id = t.admin_id and a.workspace_id = t.workspace_id
    where t.token_hash = ${hashToken(token)} and t.revoked_at is null and t.expires_at > now()
      and a.disabled_at is null`.execute(db)
  const row = found.rows[0]
  if (row === undefined) return null
  const { stale, token: id, scopes, ...admin } = row
  // Once a minute is exact enough, and spares a write for every request.
  if (stale) await sql`update api_tokens set last_used_at = now() where id = ${id}`.execute(db)
  return { ...admin, sessionHash: null, steppedUp: false, token: { id, scopes } }
}
