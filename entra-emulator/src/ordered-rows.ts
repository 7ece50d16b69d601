/** Rows that need not exist until they are asked for; index order is the order of their positions. */
export interface RowSource<T> {
  readonly count: number
  at(index: number): T
  indexOf(id: string): number | undefined
}

/** Rows in order of position that may be changed, over a source that never changes. */
export interface OrderedRows<T> {
  readonly count: number
  get(id: string): T | undefined
  /** The row at this position; positions are unique. */
  find(position: string): T | undefined
  /** Rows whose position is after `after`, in order. */
  walk(after?: string): Iterable<T>
  /** Adds the row, or puts it in the place of the one with its id. */
  put(row: T): void
  /** True if there was such a row. */
  remove(id: string): boolean
}

/**
 * Lays changes over a source: changed and added rows are held, the rest is computed, so that memory grows with
 * what changed. `positionOf` must order the source's rows by code unit as their indexes do.
 */
export function orderedRows<T extends { readonly id: string }>(
  source: RowSource<T>,
  positionOf: (row: T) => string,
): OrderedRows<T> {
  /** Source rows that were changed or removed. */
  const gone = new Set<number>()
  const held = new Map<string, T>()
  /** The held rows by position. */
  const order: T[] = []
  let changes = 0

  /** The first index whose position is at or after `position`; `past` skips one that is equal. */
  const search = (count: number, at: (index: number) => T, position: string, past: boolean): number => {
    let low = 0
    let high = count
    while (low < high) {
      const middle = (low + high) >>> 1
      const there = positionOf(at(middle))
      if (there < position || (past && there === position)) low = middle + 1
      else high = middle
    }
    return low
  }
  const inSource = (position: string, past: boolean) => search(source.count, source.at, position, past)
  const inOrder = (position: string, past: boolean) => search(order.length, (i) => order[i]!, position, past)

  const drop = (row: T) => {
    const at = inOrder(positionOf(row), false)
    if (order[at]?.id === row.id) order.splice(at, 1)
  }

  return {
    get count() {
      return source.count - gone.size + held.size
    },
    get(id) {
      const row = held.get(id)
      if (row) return row
      const index = source.indexOf(id)
      return index === undefined || gone.has(index) ? undefined : source.at(index)
    },
    find(position) {
      const row = order[inOrder(position, false)]
      if (row && positionOf(row) === position) return row
      const index = inSource(position, false)
      if (index >= source.count || gone.has(index)) return undefined
      const computed = source.at(index)
      return positionOf(computed) === position ? computed : undefined
    },
    *walk(after) {
      let index = after === undefined ? 0 : inSource(after, true)
      let place = after === undefined ? 0 : inOrder(after, true)
      let seen = changes
      for (;;) {
        while (index < source.count && gone.has(index)) index += 1
        const next = order[place]
        const computed = index < source.count ? source.at(index) : undefined
        const row = !next || (computed && positionOf(computed) < positionOf(next)) ? computed : next
        if (!row) return
        if (row === computed) index += 1
        else place += 1
        yield row
        if (changes !== seen) {
          place = inOrder(positionOf(row), true)
          seen = changes
        }
      }
    },
    put(row) {
      changes += 1
      const before = held.get(row.id)
      if (before) drop(before)
      const index = source.indexOf(row.id)
      if (index !== undefined) gone.add(index)
      held.set(row.id, row)
      order.splice(inOrder(positionOf(row), false), 0, row)
    },
    remove(id) {
      changes += 1
      const row = held.get(id)
      if (row) {
        drop(row)
        held.delete(id)
        return true
      }
      const index = source.indexOf(id)
      if (index === undefined || gone.has(index)) return false
      gone.add(index)
      return true
    },
  }
}

/** A source without rows, for a directory that is filled by adding. */
export function noRows<T>(): RowSource<T> {
  return {
    count: 0,
    at() {
      throw new RangeError('a source without rows has none to give')
    },
    indexOf: () => undefined,
  }
}
