import type { RunState } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { noTokenMay, notFound, stepUpNeeded } from '../problem.ts'
import { notReady, planOutdated, suspensionsNotAcknowledged } from './import-problems.ts'
import { moveRun } from './move-run.ts'

interface Confirmation {
  runId: string
  fingerprint: string
  acknowledgeSuspensions: boolean
}

interface Ready {
  state: RunState
  connection_name: string
  fingerprint: string | null
  safeguard: boolean
  suspend: number
  to_apply: number
  outdated: boolean
}

/**
 * Confirms exactly the plan that was reviewed: same fingerprint, and no user of the workspace changed since. Where one
 * did, the run goes back to planning. Throws not_found, import_not_ready, plan_outdated, suspensions_not_acknowledged; over
 * the safeguard also step_up_needed, and not_allowed to an API token.
 */
export async function confirm(
  db: Db,
  admin: SignedInAdmin,
  { runId, fingerprint, acknowledgeSuspensions }: Confirmation,
  request: { id: string; ip: string },
): Promise<'confirmed' | 'outdated'> {
  return transaction(db, async (tx) => {
    const found = await sql<Ready>`
      select r.state, r.connection_name, r.fingerprint, r.safeguard, coalesce((r.plan_counts ->> 'suspend')::int, 0) as suspend, r.to_apply,
        r.planned_revision is distinct from w.revision as outdated
      from import_runs r join workspaces w on w.id = r.workspace_id
      where r.id = ${runId} and r.workspace_id = ${admin.workspaceId} for update of r`.execute(tx)
    const run = found.rows[0]
    if (!run) throw notFound('import')
    if (run.state !== 'ready') throw notReady()
    if (run.fingerprint !== fingerprint) throw planOutdated()
    if (run.outdated) {
      await moveRun(tx, runId, 'ready', 'planning')
      return 'outdated'
    }
    if (run.safeguard) refuseOverSafeguard(admin, acknowledgeSuspensions, run.suspend)
    await moveRun(tx, runId, 'ready', 'applying')
    await sql`update import_runs set confirmed_at = now(), confirmed_by = ${admin.id} where id = ${runId}`.execute(
      tx,
    )
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'import.confirmed',
      target: { kind: 'import', id: runId, name: run.connection_name },
      detail: { people: run.to_apply, fingerprint, acknowledgeSuspensions },
      request,
    })
    return 'confirmed'
  })
}

/** What suspends unusually many is confirmed by a person who says so and has just proved who they are. */
function refuseOverSafeguard(admin: SignedInAdmin, acknowledged: boolean, suspend: number): void {
  if (!acknowledged) throw suspensionsNotAcknowledged(suspend)
  if (admin.token) throw noTokenMay()
  if (!admin.steppedUp) throw stepUpNeeded()
}
