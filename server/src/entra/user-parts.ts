import type { Graph, GraphBatchRequest, GraphOptions } from './graph-client.ts'
import { readCount } from './read-count.ts'

/** Some of a tenant's users, as a filter of `/users`, and how many they are. */
export interface UserPart {
  filter: string
  count: number
}

/** Counts that one batch can ask for: https://learn.microsoft.com/en-us/graph/json-batching#batch-size-limitations */
const COUNTS_AT_ONCE = 20

/** Nobody has an account from before; whoever seems to falls into the first part. */
const EARLIEST = Date.UTC(2010, 0, 1) / 1000

/** Old accounts may have no creation date: they are a part of their own. */
const UNDATED = 'createdDateTime eq null'

/**
 * Splits all users of a tenant by the time they were created into about `wanted` parts of one size. The time never
 * changes, so nobody moves from part to part while they are read, and filtering by it needs no index that lags
 * (https://learn.microsoft.com/en-us/graph/aad-advanced-queries#user-properties), but for those without any.
 *
 * Answers null where the parts, counted in one batch with the whole, do not add up to it: then only one ordered walk
 * can be trusted. Takes three requests.
 */
export async function splitUsers(
  graph: Graph,
  wanted: number,
  options: GraphOptions,
): Promise<UserPart[] | null> {
  const now = Math.floor(Date.now() / 1000)
  const coarse = await countBefore(graph, evenly(EARLIEST, now, COUNTS_AT_ONCE), options)
  if (coarse === null) return null
  const fine = await countBefore(graph, quantiles(coarse, wanted), options)
  if (fine === null) return null
  const bounds = quantiles([...coarse, ...fine], wanted)
  const filters = partFilters(bounds)
  const counts = await countUsers(graph, [null, ...filters], options)
  if (counts === null) return null
  const [total, ...each] = counts
  if (each.reduce((sum, count) => sum + count, 0) !== total) return null
  return filters.map((filter, at) => ({ filter, count: each[at]! })).filter(({ count }) => count > 0)
}

/** How many users each filter finds, `null` being all; null where Microsoft does not say of one. */
export async function countUsers(
  graph: Graph,
  filters: readonly (string | null)[],
  options: GraphOptions,
): Promise<number[] | null> {
  const requests = filters.map((filter, at) => countRequest(String(at), filter))
  const answers = await graph.batch(requests, options)
  const counts = requests.map(({ id }) => readCount(answers.get(id)))
  return counts.every((count) => count !== null) ? counts : null
}

/** The part of a batch that asks how many users a filter finds, `null` being all. */
export const countRequest = (id: string, filter: string | null): GraphBatchRequest => ({
  id,
  url: filter === null ? '/users/$count' : `/users/$count?$filter=${encodeURIComponent(filter)}`,
  headers: { ConsistencyLevel: 'eventual' },
})

/** Whether a part's filter is an advanced query, which wants `$count=true` and ConsistencyLevel on every page. */
export const isAdvanced = (filter: string): boolean => filter === UNDATED

/** A time in seconds, and how many accounts were created until then. */
interface Known {
  at: number
  users: number
}

async function countBefore(graph: Graph, times: number[], options: GraphOptions): Promise<Known[] | null> {
  const counts = await countUsers(graph, times.map(until), options)
  return counts && times.map((at, index) => ({ at, users: counts[index]! }))
}

/** Bounds lie between two seconds: both ends of a filter are inclusive, and accounts carry whole seconds. */
const until = (at: number) => `createdDateTime le ${new Date(at * 1000 + 499).toISOString()}`
const after = (at: number) => `createdDateTime ge ${new Date(at * 1000 + 500).toISOString()}`

function partFilters(bounds: number[]): string[] {
  const between = bounds.slice(1).map((bound, at) => `${after(bounds[at]!)} and ${until(bound)}`)
  return [UNDATED, until(bounds[0]!), ...between, after(bounds.at(-1)!)]
}

function evenly(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => Math.round(from + ((to - from) * (at + 1)) / count))
}

/** The times, guessed along straight lines between what is known, at which each wanted part would end. */
function quantiles(known: Known[], wanted: number): number[] {
  const line = [{ at: EARLIEST, users: 0 }, ...known].sort((one, other) => one.at - other.at)
  const total = line.at(-1)!.users
  const bounds = Array.from({ length: wanted - 1 }, (_, at) => timeOf(line, (total * (at + 1)) / wanted))
  return [...new Set(bounds)]
}

function timeOf(line: Known[], users: number): number {
  const next = line.findIndex((point) => point.users >= users)
  const [low, high] = [line[Math.max(0, next - 1)]!, line[next]!]
  if (high.users === low.users) return high.at
  return Math.round(low.at + ((high.at - low.at) * (users - low.users)) / (high.users - low.users))
}
