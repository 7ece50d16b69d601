import {
  type Action,
  actions,
  type ConflictKind,
  conflictKinds,
  type ImportRun,
  type Mode,
  type Outcome,
  outcomes,
  type RunState,
  type Scope,
  type SkipReason,
  skipReasons,
} from '@keyroster/api/imports.ts'
import type { ProblemCode } from '@keyroster/api/problem.ts'
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { notFound } from '../problem.ts'
import { runSentence } from './sentence.ts'

interface RunRow {
  id: string
  connection_id: string | null
  connection_name: string
  state: RunState
  scope: Scope
  mode: Mode
  include_guests: boolean
  include_disabled: boolean
  created_at: Date
  created_by_name: string
  confirmed_at: Date | null
  finished_at: Date | null
  cancel_requested_at: Date | null
  expected: number | null
  read_count: number
  plan_counts: Partial<Record<Action, number>>
  skip_counts: Partial<Record<SkipReason, number>>
  conflict_counts: Partial<Record<ConflictKind, number>>
  outcome_counts: Partial<Record<Outcome, number>>
  to_apply: number
  applied: number
  memberships_to_remove: number
  fingerprint: string | null
  safeguard: boolean
  replanned: {
    before: Partial<Record<Action, number>>
    after: Partial<Record<Action, number>>
    changed: number
  } | null
  waiting_reason: NonNullable<ImportRun['waiting']>['reason'] | null
  waiting_until: Date | null
  resumed: number
  problem_code: ProblemCode | null
  problem_detail: string | null
  problem_remedy: string | null
  sources: ImportRun['sources']
  reading: ImportRun['reading']
}

/** How many sources a run answers with; a run of 2,000 groups says the first ones, and those that were not read. */
const SOURCES = 200

const rows = (where: RawBuilder<unknown>) => sql<RunRow>`
  select r.*, (
    select coalesce(json_agg(json_build_object('kind', s.kind, 'name', s.name, 'state', s.state, 'read', s.read)
      order by s.unread desc, s.ordinal), '[]')
    from (
      select kind, name, min(ordinal) as ordinal, sum(read_count) as read, unread,
        case when count(*) = 1 then min(state) when bool_and(state = 'complete') then 'complete' else 'reading' end as state
      from (
        select *, state in ('gone', 'forbidden', 'hidden', 'unfinished', 'partial') as unread
        from (
          select kind, name, ordinal, read_count, case when nested_hidden then 'partial' else state end as state
          from import_sources where run_id = r.id
        ) s
      ) s
      group by kind, name, unread, case when kind = 'group' then ordinal end
      order by unread desc, min(ordinal) limit ${SOURCES}
    ) s
  ) as sources
  from import_runs r ${where}`

/** Every key with a number, those that nobody counted as 0. */
const counted = <K extends string>(keys: readonly K[], counts: Partial<Record<K, number>>) =>
  Object.fromEntries(keys.map((key) => [key, counts[key] ?? 0])) as Record<K, number>

function toRun(row: RunRow): ImportRun {
  const failed = row.outcome_counts.failed ?? 0
  return {
    id: row.id,
    connectionId: row.connection_id,
    connectionName: row.connection_name,
    state: row.state,
    scope: row.scope,
    mode: row.mode,
    includeGuests: row.include_guests,
    includeDisabled: row.include_disabled,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by_name,
    confirmedAt: row.confirmed_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    cancelRequested: row.cancel_requested_at !== null,
    read: row.read_count,
    expected: row.expected,
    plan: counted(actions, row.plan_counts),
    skips: counted(skipReasons, row.skip_counts),
    conflicts: counted(conflictKinds, row.conflict_counts),
    toApply: row.to_apply,
    applied: row.applied,
    outcomes: counted(outcomes, row.outcome_counts),
    membershipsToRemove: row.memberships_to_remove,
    fingerprint: row.state === 'ready' ? row.fingerprint : null,
    safeguard: row.safeguard,
    replanned: row.replanned && {
      before: counted(actions, row.replanned.before),
      after: counted(actions, row.replanned.after),
      changed: row.replanned.changed,
    },
    waiting: row.waiting_reason && {
      reason: row.waiting_reason,
      until: row.waiting_until?.toISOString() ?? null,
    },
    resumed: row.resumed,
    problem: row.problem_code && {
      code: row.problem_code,
      detail: row.problem_detail ?? 'The import could not go on.',
      remedy: row.problem_remedy,
    },
    sentence: runSentence({
      state: row.state,
      read: row.read_count,
      toApply: row.to_apply,
      applied: row.applied,
      outcomes: row.outcome_counts,
      confirmed: row.confirmed_at !== null,
      problemDetail: row.problem_detail,
    }),
    sources: row.sources,
    reading: row.reading,
    retriable: row.finished_at === null ? 0 : failed,
  }
}

/** One run of a workspace; throws the problem `not_found`. */
export async function readRun(db: Db, workspaceId: string, runId: string): Promise<ImportRun> {
  const found = await rows(sql`where r.id = ${runId} and r.workspace_id = ${workspaceId}`).execute(db)
  if (!found.rows[0]) throw notFound('import')
  return toRun(found.rows[0])
}

/** A page of runs, newest first; `before` is where the last page ended. */
export async function readRuns(
  db: Db,
  workspaceId: string,
  limit: number,
  before: { at: string; id: string } | null,
): Promise<ImportRun[]> {
  const older = before
    ? sql`and (r.created_at, r.id) < (${before.at}::timestamptz, ${before.id}::uuid)`
    : sql``
  const found = await rows(
    sql`where r.workspace_id = ${workspaceId} ${older} order by r.created_at desc, r.id desc limit ${limit}`,
  ).execute(db)
  return found.rows.map(toRun)
}
