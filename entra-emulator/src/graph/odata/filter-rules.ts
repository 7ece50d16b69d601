import { badRequest, unsupportedQuery } from '../errors.ts'
import { type GraphType, type Property, propertiesOf } from '../schema.ts'
import type { Filter } from './filter.ts'
import type { FilterValue } from './filter-tokens.ts'

/**
 * What a query needs of `ConsistencyLevel: eventual` with `$count=true`: nothing; the header from the second page
 * on, without which the first page comes and the next is refused; or the header always.
 * https://learn.microsoft.com/en-us/graph/aad-advanced-queries
 */
export type Needs = 'nothing' | 'later' | 'always'

/**
 * User properties that are indexed without an advanced query, and with which operators.
 * https://learn.microsoft.com/en-us/graph/aad-advanced-queries
 */
const TEXT = ['eq', 'ge', 'le', 'in', 'startsWith']
const PLAIN_ON_USERS: Record<string, readonly string[]> = {
  userPrincipalName: TEXT,
  displayName: TEXT,
  department: TEXT,
  mailNickname: TEXT,
  onPremisesUserPrincipalName: TEXT,
  createdDateTime: ['eq', 'ge', 'le'],
  accountEnabled: ['eq', 'in'],
  userType: ['eq', 'in'],
  id: ['eq', 'in'],
}

const ADVANCED = new Set(['ne', 'not', 'endsWith'])
const MOST_VALUES = 15

/** Judges a filter for a type. Throws 400 for properties without an index and operators they do not have. */
export function filterNeeds(filter: Filter, types: readonly GraphType[]): Needs {
  switch (filter.op) {
    case 'and':
    case 'or':
      return harder(filterNeeds(filter.left, types), filterNeeds(filter.right, types))
    case 'not':
      filterNeeds(filter.of, types)
      return 'always'
    case 'any':
      return propertyNeeds(filter.property, filter.of.comparison, filter.of.value, types, true)
    case 'in':
      if (filter.values.length > MOST_VALUES) {
        throw badRequest(
          `Too many child clauses specified in search filter expression containing 'OR' operators: ${filter.values.length}. Max allowed: ${MOST_VALUES}.`,
        )
      }
      return filter.values
        .map((value) => propertyNeeds(filter.property, 'in', value, types, false))
        .reduce(harder)
    case 'compare':
      return propertyNeeds(filter.property, filter.comparison, filter.value, types, false)
  }
}

/** The one of two that asks for more. */
export function harder(one: Needs, other: Needs): Needs {
  if (one === 'always' || other === 'always') return 'always'
  return one === 'later' ? one : other
}

function propertyNeeds(
  name: string,
  operator: string,
  value: FilterValue,
  types: readonly GraphType[],
  inAny: boolean,
): Needs {
  const type = types.find((type) => propertiesOf(type).has(name))
  const property = type && propertiesOf(type).get(name)
  if (!property) throw badRequest(`Invalid filter clause: Could not find a property named '${name}'.`)
  checkValue(property, name, value)
  if (property.isCollection !== inAny) throw unsupportedQuery()

  const plain = type === 'user' ? PLAIN_ON_USERS[name] : undefined
  if (!plain && property.filters.size === 0) {
    throw unsupportedQuery('The request uses a filter property that is not indexed')
  }
  if (!plain?.includes(operator) && !property.filters.has(operator)) throw unsupportedQuery()
  if (ADVANCED.has(operator) || value === null) return 'always'
  if (type !== 'user') return 'nothing'
  if (plain) return plain.includes(operator) ? 'nothing' : 'always'
  return 'later'
}

function checkValue(property: Property, name: string, value: FilterValue): void {
  const fits =
    value === null ||
    (property.isBoolean
      ? typeof value === 'boolean'
      : property.isDate
        ? typeof value === 'string' && !Number.isNaN(Date.parse(value))
        : typeof value === 'string')
  if (!fits) throw badRequest(`Invalid filter clause: the value does not fit the type of '${name}'.`)
}
