import type { Scope, startImport } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import type { z } from 'zod'
import { audit } from '../audit/record.ts'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { badRequest, notFound } from '../problem.ts'
import {
  connectionNotReady,
  importAlreadyRunning,
  nothingToRetry,
  tooManyImports,
} from './import-problems.ts'

type Start = z.output<typeof startImport>

interface ConnectionRow {
  id: string
  name: string
  state: string
  tenant_id: string | null
  verified_domains: string[]
}

/**
 * Starts an import run: its row, its sources and an audit event in one transaction. Pressing twice, with the same id,
 * finds the same run and answers false. Throws not_found, connection_not_ready, import_already_running,
 * nothing_to_retry, and too_many_requests where a script started one after the other.
 */
export async function start(
  db: Db,
  admin: SignedInAdmin,
  wish: Start,
  request: { id: string; ip: string },
): Promise<boolean> {
  return transaction(db, async (tx) => {
    if (await startedBefore(tx, admin, wish.id)) return false
    const connection = await readyConnection(tx, admin.workspaceId, wish.connectionId)
    await refuseTooMany(tx, admin.workspaceId)
    await insertRun(tx, admin, wish, connection)
    await insertSources(tx, admin.workspaceId, wish.id, wish.scope)
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'import.started',
      target: { kind: 'import', id: wish.id, name: connection.name },
      detail: { scope: wish.scope.kind, mode: wish.mode },
      request,
    })
    return true
  })
}

async function startedBefore(tx: Tx, admin: SignedInAdmin, runId: string): Promise<boolean> {
  const found = await sql`
    select from import_runs where id = ${runId} and workspace_id = ${admin.workspaceId}`.execute(tx)
  return found.rows.length > 0
}

const mostInAnHour = 60

async function refuseTooMany(tx: Tx, workspaceId: string): Promise<void> {
  const oldest = await sql<{ minutes: number }>`
    select ceil(extract(epoch from created_at + interval '1 hour' - now()) / 60)::int as minutes from import_runs
    where workspace_id = ${workspaceId} and created_at > now() - interval '1 hour'
    order by created_at desc offset ${mostInAnHour - 1} limit 1`.execute(tx)
  if (oldest.rows[0]) throw tooManyImports(mostInAnHour, oldest.rows[0].minutes)
}

/** The connection, locked, so that two who press at once come one after the other. */
async function readyConnection(tx: Tx, workspaceId: string, connectionId: string): Promise<ConnectionRow> {
  const found = await sql<ConnectionRow>`
    select id, name, state, tenant_id, verified_domains from connections
    where id = ${connectionId} and workspace_id = ${workspaceId} for update`.execute(tx)
  const connection = found.rows[0]
  if (!connection) throw notFound('connection')
  if (connection.tenant_id === null || connection.state === 'draft') throw connectionNotReady(connectionId)
  const active = await sql<{ id: string }>`
    select id from import_runs where connection_id = ${connectionId}
      and state in ('scanning', 'planning', 'ready', 'applying')`.execute(tx)
  if (active.rows[0]) throw importAlreadyRunning(active.rows[0].id)
  return connection
}

async function insertRun(
  tx: Tx,
  admin: SignedInAdmin,
  wish: Start,
  connection: ConnectionRow,
): Promise<void> {
  const made = await sql`
    insert into import_runs (id, workspace_id, connection_id, connection_name, tenant_id, verified_domains, state, scope,
      mode, include_guests, include_disabled, created_by, created_by_name)
    values (${wish.id}, ${admin.workspaceId}, ${connection.id}, ${connection.name}, ${connection.tenant_id},
      ${connection.verified_domains.map((domain) => domain.toLowerCase())}::text[], 'scanning', ${JSON.stringify(wish.scope)}::jsonb,
      ${wish.mode}, ${wish.includeGuests}, ${wish.includeDisabled}, ${admin.id}, ${admin.name})
    on conflict (id) do nothing returning id`.execute(tx)
  // It is a run of another workspace's, of which nothing more can be seen from here.
  if (made.rows.length === 0)
    throw badRequest([{ field: 'id', message: 'Use another id: this one is taken.' }])
}

async function insertSources(tx: Tx, workspaceId: string, runId: string, scope: Scope): Promise<void> {
  if (scope.kind === 'retry') return await insertRetrySources(tx, workspaceId, runId, scope.importId)
  const sources =
    scope.kind === 'all-users'
      ? [{ ordinal: 0, kind: 'users', object_id: null, name: 'All users' }]
      : [...new Map(scope.groups.map((group) => [group.id.toLowerCase(), group])).values()].map(
          (group, ordinal) => ({
            ordinal,
            kind: 'group',
            object_id: group.id,
            name: group.displayName,
          }),
        )
  await sql`
    insert into import_sources (run_id, workspace_id, ordinal, kind, object_id, name)
    select ${runId}, ${workspaceId}, ordinal, kind, object_id, name
    from jsonb_to_recordset(${JSON.stringify(sources)}::jsonb) as s (ordinal int, kind text, object_id uuid, name text)`.execute(
    tx,
  )
}

/** A retry reads the people who failed, and keeps what the earlier run knew of their groups. */
async function insertRetrySources(
  tx: Tx,
  workspaceId: string,
  runId: string,
  earlier: string,
): Promise<void> {
  const failed = await sql<{ people: number }>`
    select count(*)::int as people from import_entries e join import_runs r on r.id = e.run_id
    where r.id = ${earlier} and r.workspace_id = ${workspaceId} and r.finished_at is not null and e.outcome = 'failed'`.execute(
    tx,
  )
  const { people } = failed.rows[0]!
  if (people === 0) throw nothingToRetry()
  await sql`update import_runs set expected = ${people} where id = ${runId}`.execute(tx)
  await sql`
    insert into import_sources (run_id, workspace_id, ordinal, kind, name)
    values (${runId}, ${workspaceId}, -1, 'people', 'People who failed')`.execute(tx)
  await sql`
    insert into import_sources (run_id, workspace_id, ordinal, kind, object_id, name, state, description, mail, group_kind, dynamic, hidden)
    select ${runId}, ${workspaceId}, ordinal, kind, object_id, name, state, description, mail, group_kind, dynamic, hidden
    from import_sources where run_id = ${earlier} and kind = 'group'`.execute(tx)
  await sql`
    insert into import_memberships (run_id, workspace_id, ordinal, object_id)
    select ${runId}, ${workspaceId}, m.ordinal, m.object_id from import_memberships m
    join import_entries e on e.run_id = m.run_id and e.object_id = m.object_id and e.outcome = 'failed'
    where m.run_id = ${earlier}`.execute(tx)
}
