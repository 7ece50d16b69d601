import type { FastifyRequest } from 'fastify'
import { audit } from '../audit/record.ts'
import { lockWorkspace } from '../db/lock-workspace.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { CheckedDirectory } from '../entra/check-directory.ts'
import { alreadyConnected } from './already-connected.ts'
import { keepCheck } from './check-connection.ts'

/** Throws ProblemError `connection_already_exists` where another connection of the workspace has this tenant. */
export async function refuseTakenTenant(
  db: Db,
  workspaceId: string,
  connectionId: string,
  tenantId: string,
): Promise<void> {
  const other = await db
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('tenant_id', '=', tenantId)
    .where('id', '<>', connectionId)
    .executeTakeFirst()
  if (other !== undefined) throw alreadyConnected(other.id)
}

/** Stores the tenant that a verified sign-in proved, with what the check found in it. */
export async function keepGrant(
  db: Db,
  request: FastifyRequest,
  connectionId: string,
  tenantId: string,
  checked: CheckedDirectory,
): Promise<void> {
  const { admin } = request
  await transaction(db, async (tx) => {
    // Two trips of two connections may end at once; the second one waits here, and then sees the first.
    await lockWorkspace(tx, admin.workspaceId)
    await refuseTakenTenant(tx, admin.workspaceId, connectionId, tenantId)
    const granted = await tx
      .updateTable('connections')
      .set({ tenant_id: tenantId })
      .where('workspace_id', '=', admin.workspaceId)
      .where('id', '=', connectionId)
      .returning('name')
      .executeTakeFirst()
    await keepCheck(tx, admin.workspaceId, connectionId, checked)
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'connection.granted',
      target: { kind: 'connection', id: connectionId, name: granted?.name ?? null },
      detail: { tenantId, healthy: checked.result.healthy },
      request,
    })
  })
}
