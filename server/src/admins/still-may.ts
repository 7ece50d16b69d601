import { type Action, may, type Role } from '@keyroster/api/roles.ts'
import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { isLive } from './sessions.ts'

/**
 * Makes a question that can be asked again and again: whether who asks now may still do this, by the same session, whatever
 * id it has by then, or by the same token. Asking does not count as use of the session.
 */
export async function stillMay(
  db: Db,
  admin: SignedInAdmin,
  action: Action,
): Promise<() => Promise<boolean>> {
  const session = await db
    .selectFrom('sessions')
    .select('id')
    .where('id_hash', '=', admin.sessionHash)
    .executeTakeFirst()
  return async () => {
    const found = await sql<{ role: Role }>`
      select a.role from admins a where a.id = ${admin.id} and a.disabled_at is null and (
        exists (select from sessions s where s.id = ${session?.id ?? null} and ${isLive})
        or exists (select from api_tokens t
          where t.id = ${admin.token?.id ?? null} and t.revoked_at is null and t.expires_at > now()))`.execute(
      db,
    )
    const row = found.rows[0]
    return row !== undefined && may(row.role, action)
  }
}
