import type { RunState } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import { audit } from '../audit/record.ts'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { notFound } from '../problem.ts'
import { importFinished } from './import-problems.ts'
import { moveRun } from './move-run.ts'
import { notifyStarter } from './notify-run.ts'
import { isFinished } from './run-state.ts'

/**
 * Asks a run to stop. One that waits for its review ends here and now; one that is worked on ends at its next page or
 * batch, and what is imported by then stays. Throws not_found, import_finished.
 */
export async function cancel(
  db: Db,
  admin: SignedInAdmin,
  runId: string,
  request: { id: string; ip: string },
): Promise<void> {
  await transaction(db, async (tx) => {
    const found = await sql<{ state: RunState; connection_name: string }>`
      select state, connection_name from import_runs where id = ${runId} and workspace_id = ${admin.workspaceId} for update`.execute(
      tx,
    )
    const run = found.rows[0]
    if (!run) throw notFound('import')
    if (isFinished(run.state)) throw importFinished()
    await sql`update import_runs set cancel_requested_at = coalesce(cancel_requested_at, now()) where id = ${runId}`.execute(
      tx,
    )
    if (run.state === 'ready') await endCancelled(tx, runId, run.state)
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'import.cancelled',
      target: { kind: 'import', id: runId, name: run.connection_name },
      request,
    })
  })
}

/** Ends a run as cancelled. The caller holds its row. */
export async function endCancelled(tx: Tx, runId: string, from: RunState): Promise<void> {
  await moveRun(tx, runId, from, 'cancelled')
  await notifyStarter(tx, runId)
}
