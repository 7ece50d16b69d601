import type { DirectoryGroup, DirectoryGroups, GroupKind } from '@keyroster/api/connections.ts'
import { z } from 'zod'
import { cleanText, isVisible } from './clean-text.ts'
import type { Graph, GraphBatchAnswer, GraphOptions } from './graph-client.ts'
import { readCount } from './read-count.ts'

const groupSelect = 'id,displayName,description,mail,mailEnabled,securityEnabled,groupTypes,visibility'

/** As many as one batch of counts holds. */
const SHOWN = 20

const LONGEST_TEXT = 1_024

const rawGroup = z.object({
  id: z.guid().toLowerCase(),
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  mail: z.string().nullish(),
  mailEnabled: z.boolean().nullish(),
  securityEnabled: z.boolean().nullish(),
  groupTypes: z.array(z.string()).nullish(),
  visibility: z.string().nullish(),
})
type RawGroup = z.infer<typeof rawGroup>

/**
 * The first groups whose name or description has words beginning with the search text, with the number of people in
 * each, nested groups included. An empty text gives the first groups by name.
 */
export async function searchGroups(
  graph: Graph,
  search: string,
  options: GraphOptions = {},
): Promise<DirectoryGroups> {
  const page = await graph.page(searchPath(search), { ...options, eventual: true })
  const groups = page.items.map(readGroup).filter((group) => group !== null)
  const counts = await graph.batch(
    groups.map(({ id }) => ({
      id,
      url: `/groups/${id}/transitiveMembers/microsoft.graph.user/$count`,
      headers: { ConsistencyLevel: 'eventual' },
    })),
    options,
  )
  return {
    items: groups.map((group) => ({
      ...group,
      // Hidden membership looks like an empty group, so its count is no count.
      memberCount: group.hiddenMembership ? null : readCount(counts.get(group.id)),
    })),
    total: page.count,
    more: page.next !== null,
  }
}

/** What a group is now, without its member count; `gone` or `forbidden` where there is none to read. */
export type GroupNow = DirectoryGroup | 'gone' | 'forbidden'

/** Groups by object id as they are now. */
export async function readGroups(
  graph: Graph,
  groupIds: readonly string[],
  options?: GraphOptions,
): Promise<Map<string, GroupNow>> {
  const requests = groupIds.map((id) => ({
    id,
    url: `/groups/${encodeURIComponent(id)}?$select=${groupSelect}`,
  }))
  const answers = await graph.batch(requests, options)
  return new Map(groupIds.map((id) => [id, groupIn(answers.get(id))]))
}

function groupIn(answer: GraphBatchAnswer | undefined): GroupNow {
  if (answer?.status === 403) return 'forbidden'
  return (answer?.status === 200 ? readGroup(answer.body) : null) ?? 'gone'
}

/** https://learn.microsoft.com/en-us/graph/search-query-parameter#using-search-on-directory-object-collections */
function searchPath(search: string): string {
  const shown = `/groups?$select=${groupSelect}&$top=${SHOWN}&$count=true&$orderby=displayName`
  const text = search.trim()
  if (text === '') return shown
  const quoted = text.replaceAll('\u0000', ' ').replace(/["\\]/g, '\\$&')
  const clause = `"displayName:${quoted}" OR "description:${quoted}"`
  return `${shown}&$search=${encodeURIComponent(clause)}`
}

function readGroup(raw: unknown): DirectoryGroup | null {
  const parsed = rawGroup.safeParse(raw)
  if (!parsed.success) return null
  const group = parsed.data
  return {
    id: group.id,
    displayName: readText(group.displayName) ?? group.id,
    description: readText(group.description),
    mail: readText(group.mail),
    kind: kindOf(group),
    dynamic: group.groupTypes?.includes('DynamicMembership') ?? false,
    hiddenMembership: group.visibility === 'HiddenMembership',
    memberCount: null,
  }
}

/** https://learn.microsoft.com/en-us/graph/api/resources/groups-overview#group-types-in-microsoft-entra-id-and-microsoft-graph */
function kindOf(group: RawGroup): GroupKind {
  if (group.groupTypes?.includes('Unified')) return 'microsoft365'
  if (!group.mailEnabled) return 'security'
  return group.securityEnabled ? 'mail-security' : 'distribution'
}

/** Never longer than a database index could bear; Entra's own limits are far below. What is cut says so. */
function readText(text: string | null | undefined): string | null {
  if (!text) return null
  const whole = text.length <= LONGEST_TEXT
  // Not in the middle of a character.
  const read = whole ? text : `${text.slice(0, LONGEST_TEXT - 1).replace(/[\ud800-\udbff]$/, '')}…`
  return isVisible(read) ? cleanText(read) : null
}
