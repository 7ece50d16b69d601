import { sql } from 'kysely'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { CheckedDirectory } from '../entra/check-directory.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { alreadyConnected } from './already-connected.ts'
import { keepCheck } from './check-connection.ts'

/** Throws ProblemError `connection_already_exists` where another connection of the workspace has this tenant. */
export async function refuseTakenTenant(
  db: Db,
  admin: SignedInAdmin,
  connectionId: string,
  tenantId: string,
): Promise<void> {
  const other = await db
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', admin.workspaceId)
    .where('tenant_id', '=', tenantId)
    .where('id', '<>', connectionId)
    .executeTakeFirst()
  if (other !== undefined) throw alreadyConnected(other.id)
}

/** Stores the tenant that a verified sign-in proved, with what the check found in it. */
export async function keepGrant(
  db: Db,
  admin: SignedInAdmin,
  connectionId: string,
  tenantId: string,
  checked: CheckedDirectory,
): Promise<void> {
  await transaction(db, async (tx) => {
    // Two trips of two connections may end at once; the second one waits here, and then sees the first.
    await sql`select from workspaces where id = ${admin.workspaceId} for update`.execute(tx)
    await refuseTakenTenant(tx, admin, connectionId, tenantId)
    await tx
      .updateTable('connections')
      .set({ tenant_id: tenantId })
      .where('workspace_id', '=', admin.workspaceId)
      .where('id', '=', connectionId)
      .execute()
    await keepCheck(tx, admin.workspaceId, connectionId, checked)
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'connection.granted',
      target: { kind: 'connection', id: connectionId },
      detail: { tenantId, healthy: checked.result.healthy },
    })
  })
}
