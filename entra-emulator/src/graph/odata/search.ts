import { badRequest, unsupportedQuery } from '../errors.ts'
import { type Row, read } from '../row.ts'
import { type GraphType, propertiesOf } from '../schema.ts'

/** A `$search`, parsed. */
export type Search =
  | { op: 'AND' | 'OR'; left: Search; right: Search }
  | { op: 'clause'; property: string; text: string }

/**
 * Only these are cut into words; others must start with the text.
 * https://learn.microsoft.com/en-us/graph/aad-advanced-queries
 */
const TOKENISED = new Set(['displayName', 'description'])

// In turn: a quoted clause in which \ escapes, a connective, a parenthesis.
const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|(AND|OR)\b|([()]))\s*/y

/** Parses `"displayName:x" OR "description:y"`. Throws 400 where it cannot be read or may not be searched. */
export function parseSearch(search: string, types: readonly GraphType[]): Search {
  const tokens = searchTokens(search)
  let at = 0
  const either = (): Search => {
    let left = both()
    while (tokens[at] === 'OR') {
      at += 1
      left = { op: 'OR', left, right: both() }
    }
    return left
  }
  const both = (): Search => {
    let left = one()
    while (tokens[at] === 'AND') {
      at += 1
      left = { op: 'AND', left, right: one() }
    }
    return left
  }
  const one = (): Search => {
    const token = tokens[at]
    at += 1
    if (typeof token === 'object') return clause(token.quoted, types)
    if (token !== '(') throw badSearch(search)
    const inner = either()
    if (tokens[at] !== ')') throw badSearch(search)
    at += 1
    return inner
  }
  const parsed = either()
  if (at < tokens.length) throw badSearch(search)
  return parsed
}

/** Makes the test that rows must pass. */
export function searchTest(search: Search): (row: Row) => boolean {
  if (search.op !== 'clause') {
    const [left, right] = [searchTest(search.left), searchTest(search.right)]
    return search.op === 'AND' ? (row) => left(row) && right(row) : (row) => left(row) || right(row)
  }
  const start = search.text.toLowerCase()
  const sought = TOKENISED.has(search.property) ? searchWords(search.text) : []
  return (row) => {
    const value = read(row, search.property)
    if (typeof value !== 'string') return false
    const folded = value.toLowerCase()
    if (folded.startsWith(start)) return true
    // Most rows hold the words nowhere: cutting those up would make a search of 50,000 groups slow.
    if (sought.length === 0 || !sought.every((word) => folded.includes(word))) return false
    const words = searchWords(value)
    return sought.every((word) => words.some((other) => other.startsWith(word)))
  }
}

/** Cuts text at blanks and symbols, where lower case turns to upper, and between letters and digits; folds case. */
function searchWords(text: string): string[] {
  const words = text.match(/\p{Lu}*[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+|\p{N}+/gu) ?? []
  return words.map((word) => word.toLowerCase())
}

function searchTokens(search: string): ({ quoted: string } | string)[] {
  const tokens: ({ quoted: string } | string)[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < search.length) {
    const found = TOKEN.exec(search)
    if (!found) throw badSearch(search)
    const [, quoted, connective, parenthesis] = found
    tokens.push(quoted === undefined ? (connective ?? parenthesis ?? '') : { quoted: unescaped(quoted) })
  }
  return tokens
}

function unescaped(quoted: string): string {
  return quoted.replace(/\\(.)/gs, '$1')
}

function clause(quoted: string, types: readonly GraphType[]): Search {
  const [, property = '', text = ''] = /^([^:]*):(.*)$/s.exec(quoted) ?? []
  const canSearch = types.some((type) => {
    const known = propertiesOf(type).get(property)
    return known && (TOKENISED.has(property) || known.filters.has('startsWith'))
  })
  if (!canSearch) throw unsupportedQuery()
  return { op: 'clause', property, text: text.trim() }
}

function badSearch(search: string) {
  return badRequest(`Syntax error in the $search clause '${search}'.`)
}
