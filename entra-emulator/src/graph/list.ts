import type { FaultEffect } from '../faults.ts'
import type { World } from '../world.ts'
import { checkConsistency } from './consistency.ts'
import { expiredPageToken } from './errors.ts'
import { type Filter, parseFilter } from './odata/filter.ts'
import { creationRange, filterTest, type TimeRange } from './odata/filter-match.ts'
import { nextLink } from './odata/next-link.ts'
import type { QueryOptions } from './odata/options.ts'
import { compareKeys, type Order, parseOrder, type SortKey, sortKey } from './odata/orderby.ts'
import { parseSearch, type Search, searchTest } from './odata/search.ts'
import { checkSelect, project } from './odata/select.ts'
import { makeSkiptoken, queryFingerprint, readSkiptoken } from './odata/skiptoken.ts'
import type { Row } from './row.ts'
import type { GraphType } from './schema.ts'
import { verbatim } from './verbatim.ts'

/** A list of the directory, not yet cut into pages. */
export interface List {
  /** Types of its rows; a property must belong to one of them. */
  types: readonly GraphType[]
  /** What `@odata.context` calls it. */
  context: string
  /** Whether rows say their type: in lists of mixed types they do. */
  withType: boolean
  /** Rows after this position, or all, in the order of the walk. */
  rows(after?: string): Iterable<Row>
  positionOf(row: Row): string
  /** How many rows there are, without a filter. */
  size(): number
  /** The createdDateTime of rows that have one, in order: Microsoft counts by it from an index, not by a walk. */
  creationTimes?(): readonly string[]
  /** JSON of records that end the list, where the query asks for all of it in its own order. */
  verbatim?: readonly string[]
  /**
   * A list behind a cast or of members, where any query needs the header.
   * https://learn.microsoft.com/en-us/graph/aad-advanced-queries
   */
  strict?: 'members' | 'cast'
}

/** One request for a page of a list, or for its count. */
export interface ListRequest {
  world: World
  path: string
  options: QueryOptions
  eventual: boolean
  count: boolean
  effects: readonly FaultEffect[]
  largestPage: number
}

interface Query {
  filter?: Filter
  search?: Search
  order?: Order
}

const USUAL_PAGE = 100
const TOKEN_LIFE_SECONDS = 300

/** Answers `$count` with text, or a page with at most `$top` rows and a link to the next. */
export function readList(list: List, request: ListRequest): unknown {
  const { options, world } = request
  checkSelect(options.select, list.types, true)
  const query = readQuery(list, options)
  checkConsistency(list, request, query)
  const isMatch = rowTest(query)
  const count = () => countAll(list, query, isMatch)
  if (request.count) return String(count())

  const fingerprint = queryFingerprint(request.path, options)
  const after = options.skiptoken && readToken(request, fingerprint)
  const size = Math.min(options.top ?? USUAL_PAGE, request.largestPage)
  const link = (position: string) =>
    nextLink(world.origin, request.path, options, makeSkiptoken(position, fingerprint, world.now()))

  if (request.effects.some(({ kind }) => kind === 'empty-page')) {
    const context = contextUrl(list.context, options.select)
    return { '@odata.context': context, '@odata.nextLink': link(after ?? ''), value: [] }
  }
  const { rows, next } = query.order
    ? sortedRows(list, isMatch, query.order, size, after)
    : walkedRows(list, isMatch, size, after)
  const isWhole = !query.filter && !query.search && !query.order
  const value: unknown[] = rows.map((row) => project(row, options.select, list.withType))
  if (next === undefined && isWhole) value.push(...(list.verbatim ?? []).map(verbatim))
  // Only the first page says how many there are, and only if the header makes $count heard.
  // https://learn.microsoft.com/en-us/graph/aad-advanced-queries
  const counts = options.count && request.eventual && !options.skiptoken
  const body = {
    '@odata.context': contextUrl(list.context, options.select),
    ...(counts && { '@odata.count': count() }),
    ...(next !== undefined && { '@odata.nextLink': link(next) }),
    value,
  }
  return spoil(body, request, () => link(after ?? ''))
}

function readQuery({ types }: List, options: QueryOptions): Query {
  return {
    filter: options.filter === undefined ? undefined : parseFilter(options.filter),
    search: options.search === undefined ? undefined : parseSearch(options.search, types),
    order: options.orderby === undefined ? undefined : parseOrder(options.orderby, types),
  }
}

function rowTest({ filter, search }: Query): (row: Row) => boolean {
  const tests = [...(filter ? [filterTest(filter)] : []), ...(search ? [searchTest(search)] : [])]
  return (row) => tests.every((test) => test(row))
}

function readToken({ options, world, effects }: ListRequest, fingerprint: string): string {
  if (effects.some(({ kind }) => kind === 'expired-skiptoken')) throw expiredPageToken()
  const life = world.skiptokenLifeSeconds ?? TOKEN_LIFE_SECONDS
  return readSkiptoken(options.skiptoken ?? '', fingerprint, world.now(), life)
}

interface RowsOfPage {
  rows: Row[]
  /** The position of the last row, if more follow. */
  next?: string
}

function walkedRows(list: List, isMatch: (row: Row) => boolean, size: number, after?: string): RowsOfPage {
  const rows: Row[] = []
  for (const row of list.rows(after || undefined)) {
    if (!isMatch(row)) continue
    if (rows.length === size) return { rows, next: list.positionOf(rows.at(-1)!) }
    rows.push(row)
  }
  return { rows }
}

/** The position in a sorted list is the sort key: another walk over all rows finds the place again. */
function sortedRows(
  list: List,
  isMatch: (row: Row) => boolean,
  order: Order,
  size: number,
  after?: string,
): RowsOfPage {
  const last: SortKey | undefined = after ? JSON.parse(after) : undefined
  const keyed: { row: Row; key: SortKey }[] = []
  for (const row of list.rows()) {
    if (!isMatch(row)) continue
    const key = sortKey(row, order)
    if (!last || compareKeys(key, last, order) > 0) keyed.push({ row, key })
  }
  keyed.sort((one, other) => compareKeys(one.key, other.key, order))
  const rows = keyed.slice(0, size).map(({ row }) => row)
  return { rows, next: keyed.length > size ? JSON.stringify(keyed[size - 1]!.key) : undefined }
}

function countAll(list: List, { filter, search }: Query, isMatch: (row: Row) => boolean): number {
  if (!filter && !search) return list.size()
  const range = filter && !search && list.creationTimes ? creationRange(filter) : undefined
  return range ? countTimes(list.creationTimes!(), range) : countRows(list.rows(), isMatch)
}

/** How many of these times, which are in order, are in the range. */
function countTimes(times: readonly string[], { isBefore, isAfter }: TimeRange): number {
  return Math.max(0, firstWhere(times, isAfter) - firstWhere(times, (time) => !isBefore(time)))
}

/** The first index where the test holds, which holds for all that follow. */
function firstWhere(times: readonly string[], test: (time: string) => boolean): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (test(times[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

function countRows(rows: Iterable<Row>, isMatch: (row: Row) => boolean): number {
  let count = 0
  for (const row of rows) if (isMatch(row)) count += 1
  return count
}

/** The context of an answer: the set, and what was selected. */
export function contextUrl(set: string, select?: readonly string[], suffix = ''): string {
  const selected = select ? `(${select.join(',')})` : ''
  return `https://graph.microsoft.com/v1.0/$metadata#${set}${selected}${suffix}`
}

/** Lets the faults that are aimed at pages spoil one. */
function spoil(body: Record<string, unknown>, request: ListRequest, hereAnew: () => string): unknown {
  const { effects, world, path } = request
  const rows = body.value as unknown[]
  const { here, beginning } = addresses(request)
  for (const effect of effects) {
    if (effect.kind === 'duplicate-rows')
      body.value = [...rows, ...rows.slice(0, Math.ceil(rows.length / 10))]
    if (effect.kind === 'looping-next-link') {
      const query = effect.to === 'beginning' ? beginning : here
      body['@odata.nextLink'] = effect.to === 'here-anew' ? hereAnew() : `${world.origin}${path}?${query}`
    }
    if (effect.kind === 'foreign-next-link') {
      const [, rest = `${path}?${here}`] =
        /^https?:\/\/[^/]+(.*)$/.exec(String(body['@odata.nextLink'])) ?? []
      body['@odata.nextLink'] = effect.origin + rest
    }
  }
  return body
}

/** The queries of this page and of the one that its list began with. */
function addresses({ options }: ListRequest): { here: string; beginning: string } {
  const written = options.entries.map(([name, value]) => ({
    name,
    text: `${name}=${encodeURIComponent(value)}`,
  }))
  const join = (parts: typeof written) => parts.map(({ text }) => text).join('&')
  return { here: join(written), beginning: join(written.filter(({ name }) => name !== '$skiptoken')) }
}
