import type { updateProfile as input } from '@keyroster/api/session.ts'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { alreadyAdmin, badRequest, stepUpNeeded } from '../problem.ts'
import { foldEmail } from '../users/fold.ts'
import { lockAdmins } from './lock-admins.ts'

/** Changes one's own name and email. Throws step_up_needed for another email without a fresh touch, and already_admin. */
export async function editProfile(
  db: Db,
  request: FastifyRequest,
  { name = request.admin.name, email }: z.infer<typeof input>,
): Promise<void> {
  const { admin } = request
  const next = { name, email: email ?? admin.email }
  const changed = (['name', 'email'] as const).filter((field) => next[field] !== admin[field])
  if (changed.length === 0) return
  if (changed.includes('email') && !admin.steppedUp) throw stepUpNeeded()
  const folded = foldEmail(next.email)
  if (next.email !== null && folded === null)
    throw badRequest([{ field: 'email', message: 'Give an email address.' }])
  await transaction(db, async (tx) => {
    const admins = await lockAdmins(tx, admin.workspaceId)
    if (admins.some((other) => other.id !== admin.id && folded !== null && other.email_folded === folded)) {
      throw alreadyAdmin(next.email ?? '')
    }
    await tx
      .updateTable('admins')
      .set({ ...next, email_folded: folded })
      .where('id', '=', admin.id)
      .execute()
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'admin.edited',
      target: { kind: 'admin', id: admin.id, name: next.name },
      detail: { changed },
      request,
    })
  })
}
