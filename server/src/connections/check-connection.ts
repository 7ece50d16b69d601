import type { CheckResult } from '@keyroster/api/connections.ts'
import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
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
  workspaceId: string,
  id: string,
  signal?: AbortSignal,
): Promise<CheckResult> {
  const { tenantId } = await readConnection(panel.database.db, workspaceId, id)
  if (tenantId === null) {
    throw new ProblemError('connection_not_ready', 'Access was not granted yet. Grant access first.')
  }
  const access = await readAccess(panel, id)
  const checked = await checkDirectory(sharedSession(panel, access, tenantId), signal)
  await keepCheck(panel.database.db, workspaceId, id, checked)
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
