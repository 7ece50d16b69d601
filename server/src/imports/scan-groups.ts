import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { Graph, GraphOptions } from '../entra/graph-client.ts'
import { GraphError } from '../entra/graph-error.ts'
import { listMembersOfMany } from '../entra/list-members.ts'
import { inLanes } from './lanes.ts'
import type { Lease } from './lease.ts'
import { settleSource } from './settle-source.ts'
import { type PageRead, type Source, writePages } from './write-pages.ts'

/** Groups asked for in one request: https://learn.microsoft.com/en-us/graph/json-batching#batch-size-limitations */
const GROUPS_AT_ONCE = 20

/** Requests on their way at a time: while one is answered, another is written. */
const LANES = 3

/**
 * Reads the chosen groups that are not read to their end yet, twenty to a request, a page of each, the rest of the large
 * ones in the rounds that follow. The first fault that stops the run stops every lane.
 */
export async function scanGroups(db: Db, lease: Lease, graph: Graph, options: GraphOptions): Promise<void> {
  await inLanes(LANES, await unreadGroups(db, lease.runId), options.signal, (queue, signal) =>
    readRound(db, lease, graph, queue.splice(0, GROUPS_AT_ONCE), { ...options, signal }),
  )
}

async function unreadGroups(db: Db, runId: string): Promise<Source[]> {
  const found = await sql<Source>`
    select ordinal, kind, object_id as "objectId", name, filter, cursor, restarts from import_sources
    where run_id = ${runId} and kind = 'group' and state in ('pending', 'reading') order by ordinal`.execute(
    db,
  )
  return found.rows
}

/** Reads and stores one page of each of these groups; answers the groups that have more. */
async function readRound(
  db: Db,
  lease: Lease,
  graph: Graph,
  round: Source[],
  options: GraphOptions,
): Promise<Source[]> {
  const wanted = round.map(({ objectId, cursor }) => ({ groupId: objectId!, cursor }))
  const answers = await listMembersOfMany(graph, wanted, options)
  const pages: PageRead[] = []
  const refused: { source: Source; error: GraphError }[] = []
  for (const source of round) {
    const answer = answers.get(source.objectId!)!
    if (answer instanceof GraphError) refused.push({ source, error: answer })
    else pages.push({ source, ...answer })
  }
  if (pages.length > 0) await writePages(db, lease, pages)
  const unfinished = pages
    .filter(({ next }) => next !== null)
    .map(({ source, next }) => ({ ...source, cursor: next }))
  for (const { source, error } of refused)
    if (await settleSource(db, lease, source, error))
      unfinished.push({ ...source, cursor: null, restarts: source.restarts + 1 })
  return unfinished
}
