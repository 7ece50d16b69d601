import { graphTime } from '../../complete.ts'
import { type Row, read } from '../row.ts'
import type { Comparison, Filter } from './filter.ts'
import type { FilterValue } from './filter-tokens.ts'

/** Makes the test that rows must pass. Text compares without regard to case, times as times. */
export function filterTest(filter: Filter): (row: Row) => boolean {
  switch (filter.op) {
    case 'and': {
      const [left, right] = [filterTest(filter.left), filterTest(filter.right)]
      return (row) => left(row) && right(row)
    }
    case 'or': {
      const [left, right] = [filterTest(filter.left), filterTest(filter.right)]
      return (row) => left(row) || right(row)
    }
    case 'not': {
      const inner = filterTest(filter.of)
      return (row) => !inner(row)
    }
    case 'in': {
      const tests = filter.values.map((value) => valueTest('eq', value))
      return (row) => {
        const actual = read(row, filter.property)
        return tests.some((test) => test(actual))
      }
    }
    case 'any': {
      const test = valueTest(filter.of.comparison, filter.of.value)
      return (row) => {
        const items = read(row, filter.property)
        return Array.isArray(items) && items.some(test)
      }
    }
    case 'compare': {
      const test = valueTest(filter.comparison, filter.value)
      return (row) => test(read(row, filter.property))
    }
  }
}

/** Where a range of times begins and ends; both tests are false within. */
export interface TimeRange {
  isBefore(time: string): boolean
  isAfter(time: string): boolean
}

/** The range of createdDateTime that a filter asks for, where it asks for nothing else. */
export function creationRange(filter: Filter): TimeRange | undefined {
  if (filter.op === 'and') {
    const [left, right] = [creationRange(filter.left), creationRange(filter.right)]
    return (
      left &&
      right && {
        isBefore: (time) => left.isBefore(time) || right.isBefore(time),
        isAfter: (time) => left.isAfter(time) || right.isAfter(time),
      }
    )
  }
  if (filter.op !== 'compare' || filter.property !== 'createdDateTime') return undefined
  const { comparison, value } = filter
  if (typeof value !== 'string' || !TIME.test(value)) return undefined
  const bound = wholeSecond(comparison, value)
  if (comparison === 'ge') return { isBefore: (time) => time < bound, isAfter: () => false }
  if (comparison === 'le') return { isBefore: () => false, isAfter: (time) => time > bound }
  return undefined
}

const TIME = /^\d{4}-\d\d-\d\d(T|$)/

function valueTest(comparison: Comparison, value: FilterValue): (actual: unknown) => boolean {
  if (comparison === 'ne') {
    const equal = valueTest('eq', value)
    return (actual) => !equal(actual)
  }
  if (typeof value !== 'string') return (actual) => comparison === 'eq' && actual === value
  const text = value.toLowerCase()
  const asText = textTest(comparison, text)
  const asTime = TIME.test(value) ? orderTest(comparison, wholeSecond(comparison, value)) : undefined
  return (actual) => {
    if (typeof actual !== 'string') return false
    return asTime && TIME.test(actual) ? asTime(actual) : asText(actual.toLowerCase())
  }
}

/** The time as the directory writes its own, whose order is that of texts; parsing a million would take seconds. */
function wholeSecond(comparison: Comparison, time: string): string {
  const seconds = Date.parse(time) / 1000
  return graphTime(new Date((comparison === 'ge' ? Math.ceil(seconds) : Math.floor(seconds)) * 1000))
}

function textTest(comparison: Comparison, text: string): (actual: string) => boolean {
  if (comparison === 'startsWith') return (actual) => actual.startsWith(text)
  if (comparison === 'endsWith') return (actual) => actual.endsWith(text)
  return orderTest(comparison, text)
}

function orderTest(comparison: Comparison, value: string): (actual: string) => boolean {
  if (comparison === 'ge') return (actual) => actual >= value
  if (comparison === 'le') return (actual) => actual <= value
  // gt and lt are refused before.
  // https://learn.microsoft.com/en-us/graph/aad-advanced-queries
  return (actual) => actual === value
}
