import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { Graph, GraphOptions } from '../entra/graph-client.ts'
import { GraphError } from '../entra/graph-error.ts'
import { listUsers, sizeOfTenant, type UsersPage } from '../entra/list-users.ts'
import { readPeople } from '../entra/read-people.ts'
import { inLanes } from './lanes.ts'
import { fenced, type Lease } from './lease.ts'
import { moveRun } from './move-run.ts'
import { preparePages } from './prepare-pages.ts'
import { proveAbsences } from './prove-absences.ts'
import { scanGroups } from './scan-groups.ts'
import { chooseReading, proveParts } from './scan-users.ts'
import { settleSource } from './settle-source.ts'
import { afterPage, fromBeginning, type Source, unreadSources } from './source.ts'
import { writePages } from './write-pages.ts'

/** Parts of a large tenant that are read at a time: while one page is written, others are on their way. */
const LANES = 3

/** How many people of an earlier run are read again in one page. */
const PEOPLE_PER_PAGE = 200

/** Reads every source of a run to its end, page by page from where each one stands, then hands the run to planning. */
export async function scan(db: Db, lease: Lease, graph: Graph, options: GraphOptions): Promise<void> {
  let first: UsersPage | null = null
  const beginnings = [
    async (within: GraphOptions) => {
      first = await countExpected(db, lease, graph, within)
    },
    (within: GraphOptions) => scanGroups(db, lease, graph, within),
  ]
  // In lanes, because a failure of one must end the other: work that nobody waits for would go on holding the run.
  await inLanes(2, beginnings, options.signal, async (queue, signal) => {
    await queue.shift()!({ ...options, signal })
    return []
  })
  await chooseReading(db, lease, graph, options)
  await walkSources(db, lease, graph, options, first)
  while (await proveParts(db, lease, graph, options)) await walkSources(db, lease, graph, options)
  await proveAbsences(db, lease, graph, options)
  await fenced(db, lease, 'scanning', (tx) => moveRun(tx, lease.runId, 'scanning', 'planning'))
}

/** Walks what is not read by groups, several parts of a large tenant at a time; `first` is the first page of all users, if read. */
async function walkSources(
  db: Db,
  lease: Lease,
  graph: Graph,
  options: GraphOptions,
  first: UsersPage | null = null,
): Promise<void> {
  const unread = await unreadSources(db, lease.runId, sql`s.kind <> 'group'`)
  await inLanes(LANES, unread, options.signal, async (queue, signal) => {
    const source = queue.shift()!
    const begun = source.filter === null && source.restarts === 0 ? first : null
    const again = await walkSource(db, lease, graph, source, { ...options, signal }, begun)
    return again ? [fromBeginning(source)] : []
  })
}

/**
 * Asks how large the tenant is, which decides the pace, and how many people will come, where one count tells it. The
 * index behind counts lags, so a count is only a hint. Answers the first page of all users, where they are about to be read: it
 * comes in the same request, and only a large tenant, which is read in parts, has no use for it.
 */
async function countExpected(
  db: Db,
  lease: Lease,
  graph: Graph,
  options: GraphOptions,
): Promise<UsersPage | null> {
  const sources = await sql<Pick<Source, 'kind' | 'objectId' | 'cursor' | 'expected'>>`
    select s.kind, s.object_id as "objectId", s.cursor, r.expected from import_sources s join import_runs r on r.id = s.run_id
    where s.run_id = ${lease.runId} limit 2`.execute(db)
  const [only, second] = sources.rows
  if (only?.kind === 'people') return null
  const isAlone = only !== undefined && second === undefined && only.expected === null
  const isAllUsers = isAlone && only.kind === 'users'
  const size = await sizeOfTenant(graph, isAllUsers && only.cursor === null, options).catch(onlyWhileScanning)
  if (size?.users != null) graph.sized(size.users)
  const first = size?.first ?? null
  const expected = isAllUsers
    ? size?.users
    : isAlone && only.kind === 'group'
      ? await countGroup(graph, only.objectId!, options)
      : null
  if (expected == null) return first
  await fenced(db, lease, 'scanning', (tx) =>
    sql`update import_runs set expected = ${expected} where id = ${lease.runId}`.execute(tx),
  )
  return first
}

async function countGroup(graph: Graph, groupId: string, options: GraphOptions): Promise<number | null> {
  const path = `/groups/${groupId}/transitiveMembers/microsoft.graph.user/$count`
  const answer = await graph.get(path, { ...options, eventual: true }).catch(onlyWhileScanning)
  return answer === null ? null : Number(answer)
}

/**
 * A count that Microsoft refuses costs the bar, not the run: the walk itself will say what is wrong. A link elsewhere, on
 * the page that came with it or in place of an answer, is for nobody to try again.
 */
function onlyWhileScanning(error: unknown): null {
  if (error instanceof GraphError && !error.retryable && error.code !== 'next_link_refused') return null
  throw error
}

/**
 * Walks one source to its end, the next page on its way while the last one is written; `first` is its first page, if read
 * already. Answers whether it begins again.
 */
async function walkSource(
  db: Db,
  lease: Lease,
  graph: Graph,
  source: Source,
  options: GraphOptions,
  first: UsersPage | null,
): Promise<boolean> {
  const read = (cursor: string | null): Promise<UsersPage> =>
    source.kind === 'users'
      ? listUsers(graph, source.filter, cursor, options)
      : readFailedPeople(db, lease.runId, graph, cursor, options)
  try {
    let page = first ?? (await read(source.cursor))
    for (let at = source; ; ) {
      at = afterPage(at, page)
      const following = at.cursor === null ? null : read(at.cursor)
      // If the write fails first, the page on its way is nobody's: its own failure must not bring the process down.
      following?.catch(() => {})
      const ready = preparePages([{ source, page }])
      await writePages(db, lease, ready)
      if (following === null) return false
      page = await following
    }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    return await settleSource(db, lease, source, error)
  }
}

/** The people who failed in the run that this one retries, read again by object id; the cursor is the last id done. */
async function readFailedPeople(
  db: Db,
  runId: string,
  graph: Graph,
  cursor: string | null,
  options: GraphOptions,
): Promise<UsersPage> {
  const failed = await sql<{ objectId: string }>`
    select e.object_id as "objectId" from import_entries e
    join import_runs r on r.id = ${runId} and e.run_id = (r.scope ->> 'importId')::uuid
    where e.outcome = 'failed' and (${cursor}::uuid is null or e.object_id > ${cursor}::uuid)
    order by e.object_id limit ${PEOPLE_PER_PAGE}`.execute(db)
  const ids = failed.rows.map((row) => row.objectId)
  const users = ids.length > 0 ? await readPeople(graph, ids, options) : []
  return { users, next: ids.length === PEOPLE_PER_PAGE ? ids.at(-1)! : null, count: null }
}
