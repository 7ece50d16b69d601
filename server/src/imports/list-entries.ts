import type { Change, ConflictKind, Decision, Entry, entryQuery, Mode } from '@keyroster/api/imports.ts'
import type { ProblemCode } from '@keyroster/api/problem.ts'
import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { anywhere } from '../db/like.ts'
import type { Db } from '../db/schema.ts'
import { cutPage, decodeCursor } from '../http/cursor.ts'
import { foldText } from '../users/fold.ts'
import { choicesFor } from './choices.ts'
import { entryProblem } from './entry-problems.ts'

type Query = z.output<typeof entryQuery>

interface EntryRow {
  object_id: string
  display_name: string
  name_folded: string
  email: string | null
  user_principal_name: string | null
  user_type: string | null
  account_enabled: boolean | null
  invalid: string | null
  match: Entry['match']
  action: Entry['action']
  reason: Entry['reason']
  conflict: ConflictKind | null
  decision: Decision | null
  mode: Mode
  changes: Change[] | null
  altered: string[]
  groups: string[] | null
  user_id: string | null
  user_name: string | null
  user_email: string | null
  /** Null where there is no such user. */
  user_linked: boolean | null
  outcome: Entry['outcome']
  problem_code: ProblemCode | null
  problem_detail: string | null
}

/** What came of an entry: a plan that writes nothing has its outcome when the run ends, without a write of its own. */
const outcome = sql.raw(`coalesce(e.outcome, case
  when r.state not in ('completed', 'completed-with-problems') then null
  when e.action = 'unchanged' then 'unchanged'
  when e.action in ('skip', 'conflict') then 'skipped' end)`)

function conditions(runId: string, query: Omit<Query, 'cursor' | 'limit'>): RawBuilder<unknown> {
  const search = query.search ? foldText(query.search) : ''
  return sql.join(
    [
      sql`e.run_id = ${runId}`,
      search ? sql`e.search like ${anywhere(search)}` : null,
      query.action ? sql`e.action = ${query.action}` : null,
      query.reason ? sql`e.reason = ${query.reason}` : null,
      query.conflict ? sql`e.conflict = ${query.conflict}` : null,
      query.outcome ? sql`${outcome} = ${query.outcome}` : null,
    ].filter((condition) => condition !== null),
    sql` and `,
  )
}

function toEntry(row: EntryRow): Entry {
  return {
    objectId: row.object_id,
    displayName: row.display_name,
    email: row.email,
    userPrincipalName: row.user_principal_name,
    userType: row.user_type,
    accountEnabled: row.account_enabled,
    match: row.match,
    action: row.action,
    reason: row.reason,
    conflict: row.conflict,
    choices: choicesFor({ conflict: row.conflict, mode: row.mode, hasCandidate: row.user_linked === false }),
    decision: row.decision,
    changes: row.changes ?? [],
    altered: row.altered,
    groups: row.groups ?? [],
    user:
      row.user_id === null
        ? null
        : { id: row.user_id, displayName: row.user_name ?? '', email: row.user_email },
    outcome: row.outcome,
    problem: problemOf(row),
  }
}

function problemOf(row: EntryRow): Entry['problem'] {
  if (row.invalid !== null)
    return {
      code: 'directory_user_invalid',
      detail: row.invalid,
      remedy: 'Mend the account in Microsoft Entra ID, then import again.',
    }
  return row.problem_code && entryProblem(row.problem_code, row.problem_detail)
}

/** Microsoft's ids, and digests in place of one, are GUIDs of any version. */
const lastRow = z.tuple([z.string(), z.guid()])

/** A page of a run's entries by name, with how many match the filters. */
export async function listEntries(db: Db, runId: string, query: Query) {
  const where = conditions(runId, query)
  const rows = await selectEntries(db, runId, query, decodeCursor(lastRow, query.cursor), query.limit + 1)
  const total = await sql<{ total: number }>`
    select count(*)::int as total from import_entries e join import_runs r on r.id = e.run_id where ${where}`.execute(
    db,
  )
  const { shown, next } = cutPage(rows, query.limit, (row) => [row.name_folded, row.object_id])
  return { items: shown.map(toEntry), total: total.rows[0]!.total, next }
}

async function selectEntries(
  db: Db,
  runId: string,
  query: Omit<Query, 'cursor' | 'limit'>,
  after: z.output<typeof lastRow> | null,
  limit: number,
): Promise<EntryRow[]> {
  const seek = after ? sql`and (e.name_folded, e.object_id) > (${after[0]}, ${after[1]}::uuid)` : sql``
  const found = await sql<EntryRow>`
    select e.*, r.mode, ${outcome} as outcome, u.display_name as user_name, u.email as user_email,
      case when u.id is not null then u.object_id is not null end as user_linked, case when u.id is null then null else e.user_id end as user_id,
      (select array_agg(s.name order by s.name) from import_memberships m
        join import_sources s on s.run_id = m.run_id and s.ordinal = m.ordinal
        where m.run_id = e.run_id and m.object_id = e.object_id) as groups
    from import_entries e join import_runs r on r.id = e.run_id left join users u on u.id = e.user_id
    where ${conditions(runId, query)} ${seek}
    order by e.name_folded, e.object_id limit ${limit}`.execute(db)
  return found.rows
}

/** Every entry of a run by name, a thousand at a time: memory does not grow with the run. */
export async function* allEntries(db: Db, runId: string): AsyncGenerator<Entry> {
  let after: [string, string] | null = null
  for (;;) {
    const rows = await selectEntries(db, runId, {}, after, 1000)
    yield* rows.map(toEntry)
    const last = rows.at(-1)
    if (rows.length < 1000 || !last) return
    after = [last.name_folded, last.object_id]
  }
}
