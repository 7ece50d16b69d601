import { badRequest, badUrl } from '../errors.ts'

/** The query options of a request, read but not yet judged against what is asked. */
export interface QueryOptions {
  select?: string[]
  /** 1 to 999. */
  top?: number
  filter?: string
  search?: string
  orderby?: string
  count: boolean
  skiptoken?: string
  /** All parameters in the order they came, decoded. */
  entries: readonly (readonly [name: string, value: string])[]
}

const KNOWN = new Set([
  '$select',
  '$top',
  '$filter',
  '$search',
  '$orderby',
  '$count',
  '$skiptoken',
  '$format',
])
const LARGEST_PAGE = 999

/** Reads a query string. Throws 400 for options that Graph or the emulator does not have. */
export function parseOptions(query: string): QueryOptions {
  const entries = [...new URLSearchParams(query)]
  const options = new Map<string, string>()
  for (const [name, value] of entries) {
    if (!name.startsWith('$')) continue
    if (name === '$skip') throw badRequest("'$skip' is not supported by the service.")
    if (!KNOWN.has(name)) throw badUrl(`The query parameter '${name}' is not supported.`)
    if (options.has(name)) throw badUrl(`Query option '${name}' was specified more than once.`)
    options.set(name, value)
  }
  const given = (name: string) => options.get(name) || undefined
  return {
    select: given('$select')
      ?.split(',')
      .map((name) => name.trim()),
    top: pageSize(options.get('$top')),
    filter: given('$filter'),
    search: given('$search'),
    orderby: given('$orderby'),
    count: isTrue(options.get('$count')),
    skiptoken: given('$skiptoken'),
    entries,
  }
}

function pageSize(top: string | undefined): number | undefined {
  if (top === undefined) return undefined
  const size = Number(top)
  if (/^\d+$/.test(top) && size >= 1 && size <= LARGEST_PAGE) return size
  throw badRequest(`Invalid page size specified: '${top}'. Must be between 1 and ${LARGEST_PAGE} inclusive.`)
}

function isTrue(count: string | undefined): boolean {
  if (count === undefined || /^false$/i.test(count)) return false
  if (/^true$/i.test(count)) return true
  throw badUrl(`Invalid value '${count}' for $count query option found. Valid values are true or false.`)
}
