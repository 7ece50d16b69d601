import type { AuditEvent, AuditFilter, AuditPage, auditQuery } from '@keyroster/api/audit.ts'
import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { anywhere } from '../db/like.ts'
import type { Db } from '../db/schema.ts'
import { cutPage, decodeCursor } from '../http/cursor.ts'

interface Row {
  seq: number
  id: string
  at: string
  actor_id: string | null
  actor_name: string
  token_id: string | null
  action: string
  outcome: AuditEvent['outcome']
  target_kind: string | null
  target_id: string | null
  target_name: string | null
  detail: Record<string, unknown>
  address: string | null
  request_id: string | null
  previous_hash: string
  hash: string
}

const cursorKeys = z.tuple([z.number().int()])

/** One page of a workspace's events, newest first; events that happen meanwhile neither hide nor repeat any. */
export async function listEvents(
  db: Db,
  workspaceId: string,
  { cursor, limit, ...filter }: z.output<typeof auditQuery>,
): Promise<AuditPage> {
  const before = decodeCursor(cursorKeys, cursor)
  const range = before === null ? sql`true` : sql`e.seq < ${before[0]}`
  const { rows } = await sql<Row>`
    select ${columns} from audit_events e where ${matching(workspaceId, filter)} and ${range}
    order by e.seq desc limit ${limit + 1}`.execute(db)
  const { shown, next } = cutPage(rows, limit, ({ seq }) => [seq])
  return { items: shown.map(asEvent), next }
}

/** The oldest `limit` of the events that come after event `after` and not after `until`, oldest first. */
export async function eventsBetween(
  db: Db,
  workspaceId: string,
  filter: AuditFilter,
  { after, until, limit }: { after: number; until: number; limit: number },
): Promise<AuditEvent[]> {
  const { rows } = await sql<Row>`
    select ${columns} from audit_events e
    where ${matching(workspaceId, filter)} and e.seq > ${after} and e.seq <= ${until}
    order by e.seq limit ${limit}`.execute(db)
  return rows.map(asEvent)
}

/** The newest event's number and hash; 0 and zeros where nothing ever happened. */
export async function readHead(db: Db, workspaceId: string): Promise<{ seq: number; hash: string }> {
  const found = await sql<{ seq: number; hash: string }>`
    select seq, encode(hash, 'hex') as hash from audit_heads where workspace_id = ${workspaceId}`.execute(db)
  return found.rows[0] ?? { seq: 0, hash: '0'.repeat(64) }
}

const columns = sql`
  e.seq, e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.actor_id, e.actor_name, e.token_id,
  e.action, e.outcome, e.target_kind, e.target_id, e.target_name, e.detail, e.address, e.request_id,
  encode(e.previous_hash, 'hex') as previous_hash, encode(e.hash, 'hex') as hash`

function matching(workspaceId: string, filter: AuditFilter): RawBuilder<unknown> {
  const { actor, action, target, from, to, outcome, search } = filter
  const all = [sql`e.workspace_id = ${workspaceId}`]
  if (actor !== undefined) all.push(sql`(e.actor_id::text = lower(${actor}) or e.actor_name = ${actor})`)
  if (action !== undefined) all.push(sql`starts_with(e.action, ${action})`)
  if (target !== undefined) all.push(sql`e.target_id = ${target}`)
  if (from !== undefined) all.push(sql`e.at >= ${from}::timestamptz`)
  if (to !== undefined) all.push(sql`e.at < ${to}::timestamptz`)
  if (outcome !== undefined) all.push(sql`e.outcome = ${outcome}`)
  if (search !== undefined) all.push(containing(search))
  return sql.join(all, sql` and `)
}

/** What was typed, in upper or lower case, anywhere in what a person sees of an event. */
function containing(typed: string): RawBuilder<unknown> {
  return sql`
    concat_ws(' ', e.actor_name, e.target_name, e.target_id, e.address, e.request_id, e.detail::text)
    ilike ${anywhere(typed)}`
}

function asEvent(row: Row): AuditEvent {
  return {
    seq: row.seq,
    id: row.id,
    at: row.at,
    actor: { id: row.actor_id, name: row.actor_name, tokenId: row.token_id },
    action: row.action,
    outcome: row.outcome,
    target:
      row.target_kind === null || row.target_id === null
        ? null
        : { kind: row.target_kind, id: row.target_id, name: row.target_name },
    detail: row.detail,
    address: row.address,
    requestId: row.request_id,
    previousHash: row.previous_hash,
    hash: row.hash,
  }
}
