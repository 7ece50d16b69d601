import { sql } from 'kysely'
import { audit, type Deed } from '../audit/record.ts'
import type { Tx } from '../db/schema.ts'
import { notFound } from '../problem.ts'

/** A live token, as far as revoking it has to know it. */
interface Revoked {
  name: string
  adminId: string
  adminName: string
}

/** Ends a live token at once, and answers whose it was. Throws not_found. */
export async function revokeToken(
  tx: Tx,
  workspaceId: string,
  id: string,
  by: Pick<Deed, 'actor' | 'request'>,
): Promise<Revoked> {
  const found = await sql<Revoked>`
    update api_tokens t set revoked_at = now() from admins a
    where t.id = ${id} and t.workspace_id = ${workspaceId} and t.revoked_at is null and t.expires_at > now()
      and a.id = t.admin_id
    returning t.name, a.id as "adminId", a.name as "adminName"`.execute(tx)
  const revoked = found.rows[0]
  if (revoked === undefined) throw notFound('token')
  await audit(tx, {
    ...by,
    workspaceId,
    action: 'token.revoked',
    target: { kind: 'token', id, name: revoked.name },
    detail: { of: revoked.adminName },
  })
  return revoked
}
