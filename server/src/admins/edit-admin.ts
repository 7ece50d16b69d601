import type { updateAdmin } from '@keyroster/api/admins.ts'
import type { AuditAction } from '@keyroster/api/audit.ts'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import type { z } from 'zod'
import { audit } from '../audit/record.ts'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { lastOwner, notAllowed, notFound } from '../problem.ts'
import { type AdminRow, lockAdmins } from './lock-admins.ts'

/**
 * Renames an admin, gives them another role, disables or enables them. Whoever is disabled is out at once: no session, token
 * or link of theirs opens anything. Throws not_found, and last_owner where no owner who can sign in would remain.
 */
export async function editAdmin(
  db: Db,
  request: FastifyRequest,
  id: string,
  wish: z.infer<typeof updateAdmin>,
): Promise<void> {
  const { admin: asker } = request
  await transaction(db, async (tx) => {
    const admins = await lockAdmins(tx, asker.workspaceId)
    // Somebody may have taken the asker's role while this request waited.
    if (!admins.some((one) => one.id === asker.id && isActiveOwner(one))) throw notAllowed('admins.edit')
    const before = admins.find((one) => one.id === id)
    if (before === undefined) throw notFound('admin')
    const after = { ...before, ...changed(before, wish) }
    if (!admins.some((one) => isActiveOwner(one.id === id ? after : one))) throw lastOwner()
    await tx
      .updateTable('admins')
      .set({ name: after.name, role: after.role, disabled_at: after.disabled_at })
      .where('id', '=', id)
      .execute()
    if (after.disabled_at !== null) await endAccess(tx, id)
    if (!isActiveOwner(after)) await withdrawInvitationsOf(tx, id)
    for (const { action, detail } of deeds(before, after)) {
      await audit(tx, {
        workspaceId: asker.workspaceId,
        actor: asker,
        action,
        target: { kind: 'admin', id, name: after.name },
        detail,
        request,
      })
    }
  })
}

const isActiveOwner = ({ role, disabled_at }: AdminRow) => role === 'owner' && disabled_at === null

function changed(before: AdminRow, { name, role, disabled }: z.infer<typeof updateAdmin>): Partial<AdminRow> {
  return {
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role }),
    ...(disabled !== undefined && { disabled_at: disabled ? (before.disabled_at ?? new Date()) : null }),
  }
}

/** Nothing of theirs comes back when they are enabled again: they sign in anew. */
async function endAccess(tx: Tx, adminId: string): Promise<void> {
  await sql`delete from sessions where admin_id = ${adminId}`.execute(tx)
  await sql`update api_tokens set revoked_at = now() where admin_id = ${adminId} and revoked_at is null`.execute(
    tx,
  )
  await sql`delete from sign_in_links where admin_id = ${adminId} and used_at is null`.execute(tx)
}

/** Whoever may invite nobody any more could still hold a link that makes an owner. */
async function withdrawInvitationsOf(tx: Tx, adminId: string): Promise<void> {
  await sql`delete from invitations where invited_by = ${adminId} and used_at is null`.execute(tx)
}

function deeds(
  before: AdminRow,
  after: AdminRow,
): { action: AuditAction; detail: Record<string, unknown> }[] {
  const happened: { action: AuditAction; detail: Record<string, unknown> }[] = []
  if (before.name !== after.name)
    happened.push({ action: 'admin.edited', detail: { formerName: before.name } })
  if (before.role !== after.role) {
    happened.push({ action: 'admin.role-changed', detail: { from: before.role, to: after.role } })
  }
  if ((before.disabled_at === null) !== (after.disabled_at === null)) {
    happened.push({ action: after.disabled_at === null ? 'admin.enabled' : 'admin.disabled', detail: {} })
  }
  return happened
}
