import type { Action, Role } from '@keyroster/api/roles.ts'
import type { ApiToken } from '@keyroster/api/tokens.ts'
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

interface TokenRow extends Omit<ApiToken, 'own' | 'admin' | 'createdAt' | 'expiresAt' | 'lastUsedAt'> {
  admin_id: string
  admin_name: string
  created_at: Date
  expires_at: Date
  last_used_at: Date | null
}

/** The live tokens of a workspace, newest first; `own` says which are of the admin with id `asker`. */
export async function listTokens(db: Db, workspaceId: string, asker: string | null): Promise<ApiToken[]> {
  const found = await sql<TokenRow>`
    select t.id, t.name, t.prefix, t.scopes, t.created_at, t.expires_at, t.last_used_at, a.id as admin_id, a.name as admin_name
    from api_tokens t join admins a on a.id = t.admin_id
    where t.workspace_id = ${workspaceId} and t.revoked_at is null and t.expires_at > now()
    order by t.created_at desc, t.id desc`.execute(db)
  return found.rows.map((row) => ({
    id: row.id,
    name: row.name,
    admin: { id: row.admin_id, name: row.admin_name },
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    own: row.admin_id === asker,
  }))
}
