import { type Row, read } from '../row.ts'
import type { Comparison, Filter } from './filter.ts'
import type { FilterValue } from './filter-tokens.ts'

/** Whether a row passes a filter. Text compares without regard to case, times as times. */
export function matchesFilter(filter: Filter, row: Row): boolean {
  switch (filter.op) {
    case 'and':
      return matchesFilter(filter.left, row) && matchesFilter(filter.right, row)
    case 'or':
      return matchesFilter(filter.left, row) || matchesFilter(filter.right, row)
    case 'not':
      return !matchesFilter(filter.of, row)
    case 'in': {
      const actual = read(row, filter.property)
      return filter.values.some((value) => holds('eq', actual, value))
    }
    case 'any': {
      const items = read(row, filter.property)
      return Array.isArray(items) && items.some((item) => holds(filter.of.comparison, item, filter.of.value))
    }
    case 'compare':
      return holds(filter.comparison, read(row, filter.property), filter.value)
  }
}

const TIME = /^\d{4}-\d\d-\d\d(T|$)/

function holds(comparison: Comparison, actual: unknown, value: FilterValue): boolean {
  if (comparison === 'ne') return !holds('eq', actual, value)
  if (comparison === 'eq' && (value === null || actual === null)) return actual === value
  if (typeof actual === 'boolean') return comparison === 'eq' && actual === value
  if (typeof actual !== 'string' || typeof value !== 'string') return false
  if (TIME.test(actual) && TIME.test(value))
    return compares(comparison, Date.parse(actual), Date.parse(value))
  const [one, other] = [actual.toLowerCase(), value.toLowerCase()]
  if (comparison === 'startsWith') return one.startsWith(other)
  if (comparison === 'endsWith') return one.endsWith(other)
  return compares(comparison, one, other)
}

function compares<T extends string | number>(comparison: Comparison, one: T, other: T): boolean {
  switch (comparison) {
    case 'eq':
      return one === other
    case 'ge':
      return one >= other
    case 'le':
      return one <= other
    default:
      // gt and lt are refused before: facts B3.
      return false
  }
}
