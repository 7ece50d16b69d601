import { setImmediate as immediate } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { Graph, GraphOptions } from '../entra/graph-client.ts'
import { GraphError } from '../entra/graph-error.ts'
import { readGroups } from '../entra/list-groups.ts'
import { listMembersOfMany } from '../entra/list-members.ts'
import { forgetPeople } from './forget-people.ts'
import { inLanes } from './lanes.ts'
import type { Lease } from './lease.ts'
import { type PageRead, preparePages, type ReadyPages } from './prepare-pages.ts'
import { settleSource } from './settle-source.ts'
import { afterPage, fromBeginning, type Source, unreadSources } from './source.ts'
import { createStoredPeople } from './stored-people.ts'
import { writePages } from './write-pages.ts'

/** Groups asked for in one request: https://learn.microsoft.com/en-us/graph/json-batching#batch-size-limitations */
const GROUPS_AT_ONCE = 20

/** How many groups the first of several rounds ask for: the database has them to write while whole rounds are on their way. */
const FIRST_ROUNDS = [5, 15]

/** Requests on their way at a time: while one is answered, another is written. */
const LANES = 3

/**
 * Reads the chosen groups that are not read to their end yet, up to twenty to a request, a page of each, the rest of the large
 * ones in the rounds that follow. The first fault that stops the run stops every lane. Throws GraphError
 * `permission_missing` where none of them may be read.
 */
export async function scanGroups(db: Db, lease: Lease, graph: Graph, options: GraphOptions): Promise<void> {
  const unread = await unreadSources(db, lease.runId, sql`s.kind = 'group'`)
  const found = await sql<{ hasEntries: boolean }>`
    select exists (select from import_entries where run_id = ${lease.runId}) as "hasEntries"`.execute(db)
  const stored = createStoredPeople(!found.rows[0]!.hasEntries)
  const beginning = unread.length > GROUPS_AT_ONCE ? [...FIRST_ROUNDS] : []
  let writing: Promise<unknown> = Promise.resolve()
  await inLanes(LANES, unread, options.signal, async (queue, signal) => {
    const sources = queue.splice(0, beginning.shift() ?? GROUPS_AT_ONCE)
    const round = await readRound(graph, sources, { ...options, signal })
    // The database may have answered while the pages were parsed: what it is to do next goes before more work here.
    await immediate()
    // Its rows are made while another round is being written.
    const ready = preparePages(round.pages, stored)
    const before = writing
    const written = before.then(() => writeRound(db, lease, round, ready))
    // Whoever writes next, or the end, hears of a failure.
    written.catch(() => {})
    writing = written
    if (round.refused.length > 0) return [...round.unfinished, ...(await written)]
    // The next round is on its way while this one is written.
    await before
    return round.unfinished
  }).finally(() => writing)
  await forgetPeople(db, lease)
  await refuseForbidden(db, lease.runId)
}

/** That not a single chosen group is shown is no matter of a group: the run had nothing to go by. */
async function refuseForbidden(db: Db, runId: string): Promise<void> {
  const found = await sql<{ all_forbidden: boolean }>`
    select bool_and(state = 'forbidden') as all_forbidden from import_sources
    where run_id = ${runId} and kind = 'group'`.execute(db)
  if (!found.rows[0]?.all_forbidden) return
  throw new GraphError({
    code: 'permission_missing',
    finding: 'Microsoft does not let the app read any of the chosen groups.',
    remedy:
      'Add the application permission GroupMember.Read.All, and Member.Read.Hidden for groups that hide their members, under API permissions, and grant access again.',
  })
}

/** A page of each of several groups, not stored yet. */
interface Round {
  pages: PageRead[]
  /** The groups that have more, as they stand after their page. */
  unfinished: Source[]
  refused: { source: Source; error: GraphError }[]
}

/**
 * Reads one page of each of these groups, and with the first one what the group is now. Both are on their way at once:
 * asked one after the other, 200 groups wait ten times longer for their names.
 */
async function readRound(graph: Graph, sources: Source[], options: GraphOptions): Promise<Round> {
  const begun = sources.filter(({ cursor }) => cursor === null).map(({ objectId }) => objectId!)
  const wanted = sources.map(({ objectId, cursor }) => ({ groupId: objectId!, cursor }))
  const [groups, answers] = await Promise.all([
    readGroups(graph, begun, options),
    listMembersOfMany(graph, wanted, options),
  ])
  const round: Round = { pages: [], unfinished: [], refused: [] }
  for (const source of sources) {
    const group = groups.get(source.objectId!)
    const read: PageRead = { source, group, page: null }
    round.pages.push(read)
    if (typeof group === 'string') continue
    try {
      const page = answers.get(source.objectId!)!
      if (page instanceof GraphError) throw page
      const following = afterPage(source, page)
      read.page = page
      if (page.next !== null) round.unfinished.push(following)
    } catch (error) {
      if (!(error instanceof GraphError)) throw error
      round.refused.push({ source, error })
    }
  }
  return round
}

/** Stores what a round read, then settles the groups that were refused; answers those that begin again. */
async function writeRound(db: Db, lease: Lease, { refused }: Round, pages: ReadyPages): Promise<Source[]> {
  await writePages(db, lease, pages)
  const again: Source[] = []
  for (const { source, error } of refused)
    if (await settleSource(db, lease, source, error)) again.push(fromBeginning(source))
  return again
}
