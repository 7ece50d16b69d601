import { z } from 'zod'
import type { Graph, GraphBatchRequest, GraphOptions } from './graph-client.ts'
import { GraphError } from './graph-error.ts'

/** Pages of one list, those of new beginnings included, after which it counts as one that cannot be read. */
const MOST_PAGES = 50

const nestedGroups = z.array(
  z.object({
    id: z.guid(),
    displayName: z.string().nullish(),
    visibility: z.string().nullish(),
  }),
)

/**
 * For each of these groups, one person of every group of hidden membership inside, by object id; null where one of them shows
 * nobody, or what is inside is not told. Without Member.Read.Hidden such a group is listed and its members are left out,
 * without an error. https://learn.microsoft.com/en-us/graph/api/group-list-transitivemembers#permissions
 */
export async function sampleHidden(
  graph: Graph,
  groupIds: readonly string[],
  options?: GraphOptions,
): Promise<Map<string, string[] | null>> {
  const inside = await readRows(graph, groupIds.map(groupsInside), () => false, options)
  const hiding = new Map(groupIds.map((id) => [id, hidingGroups(inside.get(id))]))
  const hidden = [...new Set([...hiding.values()].flatMap((ids) => ids ?? []))]
  const people = await readRows(graph, hidden.map(somebodyInside), (rows) => rows.length > 0, options)
  const samples = (ids: string[]) => ids.flatMap((id) => personIn(people.get(id)) ?? [])
  return new Map(
    [...hiding].map(([id, ids]) => [id, ids && samples(ids).length === ids.length ? samples(ids) : null]),
  )
}

const membersOf = (id: string) => `/groups/${encodeURIComponent(id)}/transitiveMembers`

const groupsInside = (id: string): GraphBatchRequest => ({
  id,
  url: `${membersOf(id)}/microsoft.graph.group?$select=id,displayName,visibility&$top=999&$count=true`,
})

const somebodyInside = (id: string): GraphBatchRequest => ({
  id,
  url: `${membersOf(id)}/microsoft.graph.user?$select=id&$top=1&$count=true`,
})

const person = z.tuple([z.object({ id: z.guid() })]).rest(z.unknown())
const personIn = (rows: unknown) => person.safeParse(rows).data?.[0].id.toLowerCase()

/** The groups that may hide their members: those that say so, and those of which Graph tells nothing but an id. Null where not known. */
function hidingGroups(rows: unknown): string[] | null {
  const groups = nestedGroups.safeParse(rows)
  if (!groups.success) return null
  return groups.data
    .filter(({ visibility, displayName }) => visibility === 'HiddenMembership' || displayName == null)
    .map(({ id }) => id.toLowerCase())
}

/** The rows of several lists, each to its end or until it has enough; nothing of a list that cannot be read. */
async function readRows(
  graph: Graph,
  lists: GraphBatchRequest[],
  hasEnough: (rows: unknown[]) => boolean,
  options?: GraphOptions,
): Promise<Map<string, unknown[]>> {
  const rows = new Map<string, unknown[]>(lists.map(({ id }) => [id, []]))
  const next = new Map(lists.map(({ id, url }) => [id, url]))
  for (let pages = 0; next.size > 0 && pages < MOST_PAGES; pages += 1) {
    const headers = { ConsistencyLevel: 'eventual' }
    const asked = [...next].map(([id, url]) => ({ id, url, headers }))
    for (const [id, page] of await graph.pages(asked, options)) {
      const beginning = lists.find((list) => list.id === id)!.url
      next.delete(id)
      if (!(page instanceof GraphError)) {
        const read = [...rows.get(id)!, ...page.items]
        rows.set(id, read)
        if (page.next !== null && !hasEnough(read)) next.set(id, page.next)
      } else if (page.code === 'directory_changed_while_reading') {
        rows.set(id, [])
        next.set(id, beginning)
      } else rows.delete(id)
    }
  }
  for (const id of next.keys()) rows.delete(id)
  return rows
}
