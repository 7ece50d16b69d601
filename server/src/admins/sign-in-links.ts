import { sql } from 'kysely'
import { actors, audit } from '../audit/record.ts'
import { account } from '../audit/record-from-console.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { linkSpent } from '../problem.ts'
import { hashToken, newToken } from './secret-token.ts'

/**
 * Makes a link that signs an admin in once, within ten minutes, for whoever has the console. The token stands in the fragment, which browsers never
 * send, so it reaches no log and no referrer.
 */
export async function createSignInLink(db: Db, adminId: string, baseUrl: string): Promise<string> {
  const { token, hash } = newToken()
  await sql`delete from sign_in_links where expires_at <= now()`.execute(db)
  await transaction(db, async (tx) => {
    const { workspace_id: workspaceId, name } = await tx
      .selectFrom('admins')
      .select(['workspace_id', 'name'])
      .where('id', '=', adminId)
      .executeTakeFirstOrThrow()
    await sql`
      insert into sign_in_links (token_hash, workspace_id, admin_id, expires_at)
      values (${hash}, ${workspaceId}, ${adminId}, now() + interval '10 minutes')`.execute(tx)
    await audit(tx, {
      workspaceId,
      actor: actors.console,
      action: 'sign-in-link.created',
      target: { kind: 'admin', id: adminId, name },
      detail: account(),
    })
  })
  return `${baseUrl}/sign-in#token=${token}`
}

/** Spends a link and answers whose it was; of two at once, one gets it. Throws link_spent for the other, or an old one. */
export async function spendSignInLink(tx: Db, token: string): Promise<string> {
  const spent = await sql<{ admin_id: string }>`
    update sign_in_links set used_at = now()
    where token_hash = ${hashToken(token)} and used_at is null and expires_at > now()
    returning admin_id`.execute(tx)
  const row = spent.rows[0]
  if (row !== undefined) return row.admin_id
  const old = await tx
    .selectFrom('sign_in_links')
    .select('admin_id')
    .where('token_hash', '=', hashToken(token))
    .executeTakeFirst()
  throw linkSpent(old?.admin_id)
}
