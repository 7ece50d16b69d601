import { sql } from 'kysely'
import type { Db, Tx } from '../db/schema.ts'
import type { Graph, GraphOptions } from '../entra/graph-client.ts'
import { countUsers, splitUsers } from '../entra/user-parts.ts'
import { fenced, type Lease } from './lease.ts'

/** From so many people on, several requests at a time are worth the requests that splitting costs. */
const SPLIT_FROM = 20_000

/** About how many people a part should have, and into how many parts a tenant is split at most. */
const PART = 10_000
const MOST_PARTS = 12

/**
 * Decides, once, how all users are read: a large tenant in parts at once, where Microsoft's own counts prove that the
 * parts are the whole; else in one ordered walk.
 */
export async function chooseReading(
  db: Db,
  lease: Lease,
  graph: Graph,
  options: GraphOptions,
): Promise<void> {
  const undecided = await sql<{ expected: number | null }>`
    select r.expected from import_runs r join import_sources s on s.run_id = r.id and s.kind = 'users'
    where r.id = ${lease.runId} and r.reading is null`.execute(db)
  if (!undecided.rows[0]) return
  const { expected } = undecided.rows[0]
  const large = expected !== null && expected >= SPLIT_FROM
  const parts = large
    ? await splitUsers(graph, Math.min(MOST_PARTS, Math.ceil(expected / PART)), options)
    : null
  await fenced(db, lease, 'scanning', async (tx) => {
    await sql`update import_runs set reading = ${parts ? 'parts' : 'walk'} where id = ${lease.runId}`.execute(
      tx,
    )
    if (!parts) return
    await sql`delete from import_sources where run_id = ${lease.runId} and kind = 'users'`.execute(tx)
    await sql`
      insert into import_sources (run_id, workspace_id, ordinal, kind, name, filter, expected)
      select ${lease.runId}, ${lease.workspaceId}, (row_number() over ())::int - 1, 'users', 'All users', filter, count
      from jsonb_to_recordset(${JSON.stringify(parts)}::jsonb) as p (filter text, count int)`.execute(tx)
  })
}

interface DoubtfulPart {
  ordinal: number
  filter: string
  read: number
  restarts: number
}

/**
 * Holds every part against Microsoft's count of it. A part that does not agree is counted again, for people come and go;
 * where it still does not, it is read again, and after that the whole tenant in one ordered walk. Answers whether there
 * is something to read again.
 */
export async function proveParts(
  db: Db,
  lease: Lease,
  graph: Graph,
  options: GraphOptions,
): Promise<boolean> {
  const doubtful = await sql<DoubtfulPart>`
    select ordinal, filter, read_count as read, restarts from import_sources
    where run_id = ${lease.runId} and kind = 'users' and filter is not null and read_count <> expected`.execute(
    db,
  )
  const parts = doubtful.rows
  if (parts.length === 0) return false
  const counts = await countUsers(
    graph,
    parts.map((part) => part.filter),
    options,
  )
  const wrong = parts.filter((part, at) => counts?.[at] !== part.read)
  await fenced(db, lease, 'scanning', async (tx) => {
    await agree(tx, lease, parts, counts)
    if (wrong.some((part) => part.restarts > 0)) await walkInstead(tx, lease)
    else await readAgain(tx, lease, wrong)
  })
  return wrong.length > 0
}

/** Takes the newer count as what is expected, so that a part that agrees with it is not asked about again. */
async function agree(tx: Tx, lease: Lease, parts: DoubtfulPart[], counts: number[] | null): Promise<void> {
  if (counts === null) return
  await sql`
    update import_sources s set expected = c.count
    from unnest(${parts.map((part) => part.ordinal)}::int[], ${counts}::int[]) as c (ordinal, count)
    where s.run_id = ${lease.runId} and s.ordinal = c.ordinal`.execute(tx)
}

async function readAgain(tx: Tx, lease: Lease, parts: DoubtfulPart[]): Promise<void> {
  await sql`
    update import_sources set state = 'pending', cursor = null, read_count = 0, restarts = restarts + 1
    where run_id = ${lease.runId} and ordinal = any(${parts.map((part) => part.ordinal)}::int[])`.execute(tx)
}

async function walkInstead(tx: Tx, lease: Lease): Promise<void> {
  await sql`delete from import_sources where run_id = ${lease.runId} and kind = 'users'`.execute(tx)
  await sql`insert into import_sources (run_id, workspace_id, ordinal, kind, name)
    values (${lease.runId}, ${lease.workspaceId}, 0, 'users', 'All users')`.execute(tx)
  await sql`update import_runs set reading = 'walk' where id = ${lease.runId}`.execute(tx)
}
