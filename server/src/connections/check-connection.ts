import type { CheckResult } from '@keyroster/api/connections.ts'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { type CheckedDirectory, checkDirectory } from '../entra/check-directory.ts'
import { readAccess, sharedSession } from '../entra/connection-access.ts'
import type { Panel } from '../panel.ts'
import { ProblemError } from '../problem.ts'
import { readConnection } from './read-connections.ts'

/**
 * Tries everything the connection needs and keeps what came of it. Throws ProblemError `not_found`, and
 * `connection_not_ready` before its tenant was proved by a sign-in.
 */
export async function checkConnection(
  panel: Panel,
  request: FastifyRequest,
  id: string,
): Promise<CheckResult> {
  const { admin } = request
  const { tenantId, name } = await readConnection(panel.database.db, admin.workspaceId, id)
  if (tenantId === null) {
    throw new ProblemError('connection_not_ready', 'Access was not granted yet. Grant access first.')
  }
  const access = await readAccess(panel, id)
  const checked = await checkDirectory(sharedSession(panel, access, tenantId), request.signal)
  await transaction(panel.database.db, async (tx) => {
    await keepCheck(tx, admin.workspaceId, id, checked)
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'connection.checked',
      target: { kind: 'connection', id, name },
      detail: { healthy: checked.result.healthy },
      request,
    })
  })
  return checked.result
}

/** Stores a check, and what it learned of the organization, and sets the connection's state by it. */
export async function keepCheck(
  db: Db,
  workspaceId: string,
  id: string,
  { result, organization }: CheckedDirectory,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({
      last_check: JSON.stringify(result),
      state: sql`case when tenant_id is null then 'draft' when ${result.healthy} then 'connected' else 'needs-attention' end`,
      ...(organization && {
        tenant_name: organization.displayName,
        verified_domains: organization.verifiedDomains,
      }),
    })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .execute()
}
