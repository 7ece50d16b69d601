import { may, type Role } from '@keyroster/api/roles.ts'
import type { ApiToken, createToken as createTokenBody } from '@keyroster/api/tokens.ts'
import { sql } from 'kysely'
import type { z } from 'zod'
import { audit, type Deed } from '../audit/record.ts'
import type { Tx } from '../db/schema.ts'
import { tokenScopeTooWide } from '../problem.ts'
import { hashToken, newToken } from './secret-token.ts'
import { listTokens } from './tokens.ts'

/** How much of a token is kept to be shown: what is left of it has more than 200 bits. */
const PREFIX = 'kr_'.length + 8

/**
 * Makes a token that acts for `owner`, within what their role may do. The secret is answered this once and kept nowhere.
 * Throws token_scope_too_wide.
 */
export async function createToken(
  tx: Tx,
  owner: { id: string; workspaceId: string; role: Role },
  { name, scopes, days }: z.output<typeof createTokenBody>,
  by: Pick<Deed, 'actor' | 'request'>,
): Promise<{ token: ApiToken; secret: string }> {
  const { workspaceId } = owner
  const tooWide = scopes.filter((scope) => !may(owner.role, scope))
  if (tooWide.length > 0) throw tokenScopeTooWide(owner.role, tooWide)
  const secret = `kr_${newToken().token}`
  const made = await sql<{ id: string }>`
    insert into api_tokens (workspace_id, admin_id, name, token_hash, prefix, scopes, expires_at)
    values (${workspaceId}, ${owner.id}, ${name}, ${hashToken(secret)}, ${secret.slice(0, PREFIX)},
      ${[...new Set(scopes)]}::text[], now() + make_interval(days => ${days}))
    returning id`.execute(tx)
  const { id } = made.rows[0]!
  const token = (await listTokens(tx, workspaceId, by.actor.id)).find((each) => each.id === id)!
  await audit(tx, {
    ...by,
    workspaceId,
    action: 'token.created',
    target: { kind: 'token', id, name },
    detail: { of: token.admin.name, prefix: token.prefix, scopes: token.scopes, expiresAt: token.expiresAt },
  })
  return { token, secret }
}
