import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'

/** Takes the Microsoft account off the admin who asks: it signs nobody in any more. */
export async function unbindMicrosoft(db: Db, request: FastifyRequest): Promise<void> {
  const { admin } = request
  await transaction(db, async (tx) => {
    const unbound = await sql`
      update admins set entra_tenant_id = null, entra_object_id = null
      where id = ${admin.id} and entra_object_id is not null returning id`.execute(tx)
    if (unbound.rows.length === 0) return
    await sql`
      delete from sessions where admin_id = ${admin.id} and way = 'microsoft' and id_hash <> ${admin.sessionHash}`.execute(
      tx,
    )
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'admin.microsoft-unbound',
      target: { kind: 'admin', id: admin.id, name: admin.name },
      request,
    })
  })
}
