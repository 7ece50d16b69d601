import type { Passkey } from '@keyroster/api/session.ts'
import type { FastifyRequest } from 'fastify'
import type { Selectable } from 'kysely'
import { audit } from '../audit/record.ts'
import type { Db, Schema } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { lastPasskey, notFound } from '../problem.ts'
import { passkeyModel } from './passkey-models.ts'

/** An admin's own passkeys, oldest first. */
export async function listPasskeys(db: Db, adminId: string): Promise<Passkey[]> {
  const rows = await db
    .selectFrom('passkeys')
    .selectAll()
    .where('admin_id', '=', adminId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(asPasskey)
}

/** Removes one of the admin's passkeys. Throws not_found, and last_passkey where no other would remain. */
export async function removePasskey(db: Db, request: FastifyRequest, id: string): Promise<void> {
  const { admin } = request
  await transaction(db, async (tx) => {
    // All of them are locked, so that two removals at once do not each count on the other's passkey.
    const passkeys = await tx
      .selectFrom('passkeys')
      .select(['id', 'name'])
      .where('admin_id', '=', admin.id)
      .orderBy('id')
      .forUpdate()
      .execute()
    const passkey = passkeys.find((each) => each.id === id)
    if (passkey === undefined) throw notFound('passkey')
    if (passkeys.length === 1) throw lastPasskey()
    await tx.deleteFrom('passkeys').where('id', '=', id).execute()
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'passkey.removed',
      target: { kind: 'passkey', id, name: passkey.name },
      request,
    })
  })
}

export function asPasskey(row: Selectable<Schema['passkeys']>): Passkey {
  return {
    id: row.id,
    name: row.name,
    model: passkeyModel(row.aaguid),
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    backedUp: row.backed_up,
  }
}
