import type { SignedInSession } from '@keyroster/api/admins.ts'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { notFound } from '../problem.ts'
import { endsAt, isLive } from './sessions.ts'

interface Row {
  id: string
  way: SignedInSession['way']
  address: string | null
  user_agent: string | null
  created_at: Date
  last_seen_at: Date
  ends_at: Date
  current: boolean
  admin_id: string
  admin_name: string
}

/** Where an admin of the asker's workspace is signed in, last seen first. */
export async function listSessions(
  db: Db,
  asker: SignedInAdmin,
  adminId: string,
): Promise<SignedInSession[]> {
  const found = await sql<Row>`
    select s.id, s.way, s.address, s.user_agent, s.created_at, s.last_seen_at, ${endsAt} as ends_at,
      s.id_hash is not distinct from ${asker.sessionHash}::bytea as current, a.id as admin_id, a.name as admin_name
    from sessions s join admins a on a.id = s.admin_id
    where s.admin_id = ${adminId} and s.workspace_id = ${asker.workspaceId} and ${isLive}
    order by s.last_seen_at desc, s.id`.execute(db)
  return found.rows.map((row) => ({
    id: row.id,
    admin: { id: row.admin_id, name: row.admin_name },
    way: row.way,
    address: row.address,
    userAgent: row.user_agent,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    expiresAt: row.ends_at.toISOString(),
    current: row.current,
  }))
}

/** Ends one of an admin's sessions: its next request is refused. Throws not_found. */
export async function endSessionOf(
  db: Db,
  request: FastifyRequest,
  adminId: string,
  sessionId: string,
): Promise<void> {
  const { admin: asker } = request
  await transaction(db, async (tx) => {
    const ended = await sql<{ name: string }>`
      delete from sessions s using admins a
      where s.id = ${sessionId} and s.admin_id = ${adminId} and s.workspace_id = ${asker.workspaceId} and a.id = s.admin_id
      returning a.name`.execute(tx)
    const row = ended.rows[0]
    if (row === undefined) throw notFound('session')
    await audit(tx, {
      workspaceId: asker.workspaceId,
      actor: asker,
      action: adminId === asker.id ? 'session.ended' : 'session.ended-by-other',
      target: { kind: 'admin', id: adminId, name: row.name },
      detail: { session: sessionId },
      request,
    })
  })
}

/** Ends all sessions of the admin who asks but the one they ask in. */
export async function endOtherSessions(db: Db, request: FastifyRequest): Promise<void> {
  const { admin } = request
  await transaction(db, async (tx) => {
    const ended = await sql`
      delete from sessions where admin_id = ${admin.id} and id_hash <> ${admin.sessionHash} returning id`.execute(
      tx,
    )
    if (ended.rows.length === 0) return
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'session.ended',
      target: { kind: 'admin', id: admin.id, name: admin.name },
      detail: { others: ended.rows.length },
      request,
    })
  })
}
