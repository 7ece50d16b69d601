import { badFilter, type FilterValue, filterTokens, type Token } from './filter-tokens.ts'

export type Comparison = 'eq' | 'ne' | 'ge' | 'le' | 'gt' | 'lt' | 'startsWith' | 'endsWith'

/** A `$filter`, parsed. In an `any`, the test's property is the collection itself. */
export type Filter =
  | { op: 'and' | 'or'; left: Filter; right: Filter }
  | { op: 'not'; of: Filter }
  | { op: 'compare'; comparison: Comparison; property: string; value: FilterValue }
  | { op: 'in'; property: string; values: FilterValue[] }
  | { op: 'any'; property: string; of: Filter & { op: 'compare' } }

const COMPARISONS = new Set(['eq', 'ne', 'ge', 'le', 'gt', 'lt'])
const FUNCTIONS: Record<string, Comparison> = { startswith: 'startsWith', endswith: 'endsWith' }

/** Parses a `$filter`; `and` binds closer than `or`. Throws 400 where it cannot be read. */
export function parseFilter(text: string): Filter {
  const tokens = filterTokens(text)
  let at = 0
  const peek = () => tokens[at]
  const take = (): Token => {
    const token = tokens[at]
    if (!token) throw badFilter('it ends too early.')
    at += 1
    return token
  }
  const isWord = (token: Token | undefined, word: string) => token?.kind === 'name' && token.text === word
  const isMark = (token: Token | undefined, mark: string) => token?.kind === 'mark' && token.text === mark
  const takeMark = (mark: string) => {
    if (!isMark(take(), mark)) throw badFilter(`'${mark}' is missing.`)
  }
  const takeName = (): string => {
    const token = take()
    if (token.kind !== 'name') throw badFilter('a property name is missing.')
    return token.text
  }
  const takeValue = (): FilterValue => {
    const token = take()
    if (token.kind !== 'value') throw badFilter('a value is missing.')
    return token.value
  }

  const either = (): Filter => {
    let left = both()
    while (isWord(peek(), 'or')) {
      take()
      left = { op: 'or', left, right: both() }
    }
    return left
  }
  const both = (): Filter => {
    let left = one()
    while (isWord(peek(), 'and')) {
      take()
      left = { op: 'and', left, right: one() }
    }
    return left
  }
  const one = (): Filter => {
    if (isWord(peek(), 'not') || isWord(peek(), 'NOT')) {
      take()
      return { op: 'not', of: one() }
    }
    if (isMark(peek(), '(')) {
      take()
      const inner = either()
      takeMark(')')
      return inner
    }
    return test()
  }
  const test = (): Filter => {
    const name = takeName()
    const comparison = FUNCTIONS[name.toLowerCase()]
    if (comparison) return call(comparison)
    if (name.endsWith('/any')) return any(name.slice(0, -'/any'.length))
    const operator = takeName()
    if (operator === 'in') return { op: 'in', property: name, values: values() }
    if (!COMPARISONS.has(operator)) throw badFilter(`'${operator}' is no operator.`)
    return { op: 'compare', comparison: operator as Comparison, property: name, value: takeValue() }
  }
  const call = (comparison: Comparison): Filter & { op: 'compare' } => {
    takeMark('(')
    const property = takeName()
    takeMark(',')
    const value = takeValue()
    takeMark(')')
    return { op: 'compare', comparison, property, value }
  }
  const any = (property: string): Filter => {
    takeMark('(')
    const variable = takeName()
    takeMark(':')
    const of = test()
    takeMark(')')
    if (of.op !== 'compare' || of.property !== variable) throw badFilter(`'any' must test '${variable}'.`)
    return { op: 'any', property, of: { ...of, property } }
  }
  const values = (): FilterValue[] => {
    takeMark('(')
    const list = [takeValue()]
    while (isMark(peek(), ',')) {
      take()
      list.push(takeValue())
    }
    takeMark(')')
    return list
  }

  const filter = either()
  if (peek()) throw badFilter('there is more than one clause without and or or.')
  return filter
}
