import type { Outcome, RunState } from '@keyroster/api/imports.ts'
import type { Notification } from '@keyroster/api/notifications.ts'
import { sql } from 'kysely'
import type { Tx } from '../db/schema.ts'
import { notify } from '../notifications/notify.ts'
import { runSentence } from './sentence.ts'

const titles: Partial<Record<RunState, { kind: Notification['kind']; title: string }>> = {
  ready: { kind: 'import-ready', title: 'The import plan is ready to review' },
  completed: { kind: 'import-completed', title: 'The import is complete' },
  'completed-with-problems': { kind: 'import-problems', title: 'The import is complete, with problems' },
  cancelled: { kind: 'import-cancelled', title: 'The import was cancelled' },
  quarantined: { kind: 'import-failed', title: 'The import stopped, because too many people failed' },
  failed: { kind: 'import-failed', title: 'The import failed' },
}

/** Leaves a notification for whoever started a run about the state it has just reached, in the same transaction. */
export async function notifyStarter(tx: Tx, runId: string): Promise<void> {
  const found = await sql<{
    workspace_id: string
    created_by: string | null
    state: RunState
    read_count: number
    to_apply: number
    applied: number
    outcome_counts: Partial<Record<Outcome, number>>
    confirmed: boolean
    problem_detail: string | null
  }>`
    select workspace_id, created_by, state, read_count, to_apply, applied, outcome_counts, problem_detail,
      confirmed_at is not null as confirmed from import_runs where id = ${runId}`.execute(tx)
  const run = found.rows[0]!
  const notice = titles[run.state]
  if (!notice || run.created_by === null) return
  await notify(tx, {
    workspaceId: run.workspace_id,
    adminId: run.created_by,
    ...notice,
    body: runSentence({
      state: run.state,
      read: run.read_count,
      toApply: run.to_apply,
      applied: run.applied,
      outcomes: run.outcome_counts,
      confirmed: run.confirmed,
      problemDetail: run.problem_detail,
    }),
    link: `/imports/${runId}`,
  })
}

/** Says that a plan waits for its review, where making it took so long that somebody may have left. */
export async function notifyReady(tx: Tx, runId: string): Promise<void> {
  const slow = await sql`
    select from import_runs where id = ${runId} and created_at < now() - interval '1 minute'`.execute(tx)
  if (slow.rows.length > 0) await notifyStarter(tx, runId)
}
