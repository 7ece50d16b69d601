import type { createInvitation, Invitation, offeredInvitation } from '@keyroster/api/admins.ts'
import type { Role } from '@keyroster/api/roles.ts'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import type { z } from 'zod'
import { audit } from '../audit/record.ts'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { alreadyAdmin, badRequest, invitationSpent, notFound } from '../problem.ts'
import { foldEmail } from '../users/fold.ts'
import { lockAdmins } from './lock-admins.ts'
import { hashToken, newToken } from './secret-token.ts'

interface Row {
  id: string
  workspace_id: string
  name: string
  email: string
  email_folded: string
  role: Role
  invited_by_name: string
  created_at: Date
  expires_at: Date
}

const isOpen = sql<boolean>`used_at is null and expires_at > now()`

/** The invitations that are not taken yet, newest first. */
export async function listInvitations(db: Db, workspaceId: string): Promise<Invitation[]> {
  const found = await sql<Row>`
    select * from invitations where workspace_id = ${workspaceId} and ${isOpen}
    order by created_at desc, id desc`.execute(db)
  return found.rows.map(asInvitation)
}

/**
 * Invites somebody by a link that works once, within 24 hours, for this email and role; an open invitation of theirs is
 * replaced. The token stands in the link's fragment, which browsers never send. Throws already_admin.
 */
export async function invite(
  db: Db,
  baseUrl: string,
  request: FastifyRequest,
  { name, email, role }: z.infer<typeof createInvitation>,
): Promise<{ invitation: Invitation; link: string }> {
  const { admin } = request
  const folded = foldEmail(email)
  if (folded === null) throw badRequest([{ field: 'email', message: 'Give an email address.' }])
  const { token, hash } = newToken()
  const invitation = await transaction(db, async (tx) => {
    await refuseTakenEmail(tx, admin.workspaceId, email, folded)
    await sql`
      delete from invitations where workspace_id = ${admin.workspaceId} and used_at is null
        and (email_folded = ${folded} or expires_at <= now())`.execute(tx)
    const made = await sql<Row>`
      insert into invitations (workspace_id, token_hash, email, email_folded, name, role, invited_by, invited_by_name, expires_at)
      values (${admin.workspaceId}, ${hash}, ${email}, ${folded}, ${name}, ${role}, ${admin.id}, ${admin.name},
        now() + interval '24 hours') returning *`.execute(tx)
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'admin.invited',
      target: { kind: 'invitation', id: made.rows[0]!.id, name },
      detail: { email, role },
      request,
    })
    return asInvitation(made.rows[0]!)
  })
  return { invitation, link: `${baseUrl}/invitation#token=${token}` }
}

/** Takes an open invitation back: its link opens nothing. Throws not_found. */
export async function withdrawInvitation(db: Db, request: FastifyRequest, id: string): Promise<void> {
  const { admin } = request
  await transaction(db, async (tx) => {
    const deleted = await sql<Row>`
      delete from invitations where id = ${id} and workspace_id = ${admin.workspaceId} and ${isOpen} returning *`.execute(
      tx,
    )
    const row = deleted.rows[0]
    if (row === undefined) throw notFound('invitation')
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'admin.invitation-withdrawn',
      target: { kind: 'invitation', id, name: row.name },
      detail: { email: row.email, role: row.role },
      request,
    })
  })
}

/** What an invitation offers to whoever holds its link. Throws link_spent. */
export async function lookAtInvitation(
  db: Db,
  token: string,
): Promise<z.infer<typeof offeredInvitation> & { workspaceId: string }> {
  const found = await sql<Row & { workspace: string }>`
    select i.*, w.name as workspace from invitations i join workspaces w on w.id = i.workspace_id
    where i.token_hash = ${hashToken(token)} and ${isOpen}`.execute(db)
  const row = found.rows[0]
  if (row === undefined) throw invitationSpent()
  const { workspace_id: workspaceId, workspace, name, email, role } = row
  return { workspaceId, workspace, name, email, role }
}

/**
 * Spends an invitation and makes the admin it is for; answers their id. Of two at once, one gets it. Throws link_spent for
 * the other or an old one, and already_admin where somebody has got the email meanwhile.
 */
export async function takeInvitation(tx: Tx, token: string, request: FastifyRequest): Promise<string> {
  const spent = await sql<Row>`
    update invitations set used_at = now() where token_hash = ${hashToken(token)} and ${isOpen} returning *`.execute(
    tx,
  )
  const row = spent.rows[0]
  if (row === undefined) throw invitationSpent()
  await refuseTakenEmail(tx, row.workspace_id, row.email, row.email_folded)
  const { workspace_id: workspaceId, name, email, email_folded, role } = row
  const { id } = await tx
    .insertInto('admins')
    .values({ workspace_id: workspaceId, name, email, email_folded, role })
    .returning('id')
    .executeTakeFirstOrThrow()
  await audit(tx, {
    workspaceId,
    actor: { id, name },
    action: 'admin.joined',
    target: { kind: 'admin', id, name },
    detail: { email, role, invitedBy: row.invited_by_name },
    request,
  })
  return id
}

async function refuseTakenEmail(tx: Tx, workspaceId: string, email: string, folded: string): Promise<void> {
  const admins = await lockAdmins(tx, workspaceId)
  if (admins.some((admin) => admin.email_folded === folded)) throw alreadyAdmin(email)
}

const asInvitation = (row: Row): Invitation => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role,
  invitedBy: row.invited_by_name,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
})
