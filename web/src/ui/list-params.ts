import { useLocation, useNavigate, useSearchParams } from 'react-router'

/** What a list shows, as the address says it; every change is a new address, so Back and reload work. */
export type ListParams<F extends string = string> = {
  filters: Partial<Record<F, string>>
  /** True where a filter narrows the list, so that nothing found is not nothing there. */
  filtered: boolean
  sort: string | undefined
  cursor: string | undefined
  /** Pages before this one; null where the address was opened without having come through them. */
  pagesBefore: number | null
  /** `undefined` takes the filter away; `replace` for typing, so that Back does not go letter by letter. */
  setFilter: (name: F, value: string | undefined, options?: { replace?: boolean }) => void
  setSort: (sort: string) => void
  clearFilters: () => void
  toFirst: () => void
  toNext: (cursor: string) => void
  toPrevious: () => void
}

/** What a table needs of them, whatever its filters are called. */
export type ListPosition = Omit<ListParams, 'filters' | 'setFilter'>

/** Reads and writes the filters, the sorting and the cursor of a list in the address. */
export function useListParams<F extends string>(filterNames: readonly F[]): ListParams<F> {
  const [params] = useSearchParams()
  const location = useLocation()
  const navigate = useNavigate()
  const trail = readTrail(location.state)
  const cursor = params.get('cursor') ?? undefined

  const go = (
    change: Record<string, string | undefined>,
    options: { replace?: boolean; trail?: string[] } = {},
  ) => {
    const { trail = [], replace = false } = options
    navigate({ search: searchWith(params, change), hash: location.hash }, { replace, state: { trail } })
  }
  const filters: Partial<Record<F, string>> = {}
  for (const name of filterNames) {
    const value = params.get(name)
    if (value) filters[name] = value
  }
  return {
    filters,
    filtered: Object.keys(filters).length > 0,
    sort: params.get('sort') ?? undefined,
    cursor,
    pagesBefore: cursor ? (trail?.length ?? null) : 0,
    setFilter: (name, value, options) => go({ [name]: value, cursor: undefined }, options),
    setSort: (sort) => go({ sort, cursor: undefined }),
    clearFilters: () => go(Object.fromEntries([...filterNames, 'cursor'].map((name) => [name, undefined]))),
    toFirst: () => go({ cursor: undefined }),
    toNext: (next) => go({ cursor: next }, { trail: [...(trail ?? []), cursor ?? ''] }),
    toPrevious: () => go({ cursor: trail?.at(-1) || undefined }, { trail: trail?.slice(0, -1) ?? [] }),
  }
}

/** The address's query after a change; `undefined` and empty values take a name away, the order of the rest stays. */
export function searchWith(params: URLSearchParams, change: Record<string, string | undefined>) {
  const changed = new URLSearchParams(params)
  for (const [name, value] of Object.entries(change)) {
    if (value) changed.set(name, value)
    else changed.delete(name)
  }
  return changed.size > 0 ? `?${changed}` : ''
}

/** The cursors of the pages one came through, kept by the browser beside the address; the first page's is empty. */
export function readTrail(state: unknown): string[] | null {
  if (typeof state !== 'object' || state === null || !('trail' in state)) return null
  const { trail } = state
  return Array.isArray(trail) && trail.every((cursor) => typeof cursor === 'string') ? trail : null
}
