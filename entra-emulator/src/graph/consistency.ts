import { badRequest, expiredPageToken, unsupportedQuery } from './errors.ts'
import type { List, ListRequest } from './list.ts'
import type { Filter } from './odata/filter.ts'
import { filterNeeds, harder, type Needs } from './odata/filter-rules.ts'
import type { QueryOptions } from './odata/options.ts'

const SEARCH_NEEDS_HEADER =
  "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'"

/**
 * Throws where `ConsistencyLevel: eventual` is missing. Search needs the header alone, all other
 * advanced queries `$count=true` with it. The header counts anew on every page: a next link does not carry it.
 * https://learn.microsoft.com/en-us/graph/aad-advanced-queries
 */
export function checkConsistency(list: List, request: ListRequest, query: { filter?: Filter }): void {
  const { options, eventual } = request
  if (request.count && !eventual) throw badRequest('$count is not currently supported.')
  if (options.search !== undefined && !eventual) throw unsupportedQuery(SEARCH_NEEDS_HEADER)
  const wanted: Needs[] = [
    query.filter ? filterNeeds(query.filter, list.types) : 'nothing',
    options.filter !== undefined && options.orderby !== undefined ? 'always' : 'nothing',
    listNeeds(list, options),
  ]
  const needs = wanted.reduce(harder)

  const isAdvanced = eventual && (options.count || request.count)
  if (isAdvanced || needs === 'nothing') return
  if (options.skiptoken !== undefined) throw expiredPageToken()
  if (needs === 'always') throw unsupportedQuery()
}

/**
 * Members: "when using $search, $filter, $orderby, or OData cast", a cast by itself excepted.
 * https://learn.microsoft.com/en-us/graph/aad-advanced-queries
 */
function listNeeds({ strict }: List, options: QueryOptions): Needs {
  if (!strict) return 'nothing'
  if (options.filter !== undefined || options.orderby !== undefined) return 'always'
  const hasParameters = options.entries.some(([name]) => name !== '$skiptoken')
  return strict === 'cast' && hasParameters ? 'always' : 'nothing'
}
