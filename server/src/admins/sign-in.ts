import type { FastifyReply, FastifyRequest } from 'fastify'
import { audit } from '../audit/record.ts'
import type { Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { Panel } from '../panel.ts'
import { adminDisabled } from '../problem.ts'
import { hashToken } from './secret-token.ts'
import { readSessionCookie, setSessionCookie } from './session-cookie.ts'
import { endSession, startSession, type Way } from './sessions.ts'

/**
 * Signs in whoever `prove` answers the id of: a new session in place of the browser's old one, in one transaction with the
 * proof. Answers the new session's hash. Throws admin_disabled, and what `prove` throws.
 */
export async function signIn(
  { config, database }: Panel,
  request: FastifyRequest,
  reply: FastifyReply,
  way: Way,
  prove: (tx: Tx) => Promise<string>,
): Promise<Buffer> {
  const former = readSessionCookie(request, config.baseUrl)
  const token = await transaction(database.db, async (tx) => {
    const admin = await lockAdmin(tx, await prove(tx))
    if (admin.disabled_at !== null) throw adminDisabled(admin.id)
    if (former !== null) await endSession(tx, hashToken(former))
    const session = await startSession(tx, admin.id, way, request)
    await audit(tx, {
      workspaceId: admin.workspace_id,
      actor: admin,
      action: 'session.started',
      detail: { way },
      request,
    })
    return session
  })
  setSessionCookie(reply, token, config.baseUrl)
  return hashToken(token)
}

/** Held until the session is there, so that disabling the admin at this moment comes before it or ends it. */
const lockAdmin = (tx: Tx, id: string) =>
  tx
    .selectFrom('admins')
    .select(['id', 'name', 'workspace_id', 'disabled_at'])
    .where('id', '=', id)
    .forShare()
    .executeTakeFirstOrThrow()
