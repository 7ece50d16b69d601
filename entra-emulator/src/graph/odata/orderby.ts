import { unsupportedQuery } from '../errors.ts'
import { type Row, read } from '../row.ts'
import { type GraphType, propertiesOf } from '../schema.ts'

export interface Order {
  property: string
  descending: boolean
}

/** Reads an `$orderby` of one property. Throws 400 for one that has no such order. */
export function parseOrder(orderby: string, types: readonly GraphType[]): Order {
  const [, property = '', direction = 'asc'] = /^(\w+)(?:\s+(asc|desc))?$/.exec(orderby.trim()) ?? []
  if (!types.some((type) => propertiesOf(type).get(property)?.canOrder)) throw unsupportedQuery()
  return { property, descending: direction === 'desc' }
}

/** What rows are ordered by: the folded value, then the id, so that the order is total. */
export type SortKey = readonly [value: string, id: string]

export function sortKey(row: Row, order: Order): SortKey {
  return [String(read(row, order.property) ?? '').toLowerCase(), row.object.id]
}

export function compareKeys(one: SortKey, other: SortKey, order: Order): number {
  const ascending = compare(one[0], other[0]) || compare(one[1], other[1])
  return order.descending ? -ascending : ascending
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
