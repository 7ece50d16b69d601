import { badRequest } from '../errors.ts'

export type FilterValue = string | number | boolean | null

export type Token =
  | { kind: 'name'; text: string }
  | { kind: 'value'; value: FilterValue }
  | { kind: 'mark'; text: '(' | ')' | ',' | ':' }

// In turn: blanks, a quoted text ('' is a quote), a time or GUID or number, a name or path, a mark.
const TOKEN =
  /\s+|'((?:[^']|'')*)'|(\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|-?\d+)|([A-Za-z_$][\w./$]*)|([(),:])/iy

const CONSTANTS: Record<string, FilterValue> = { true: true, false: false, null: null }

/** Cuts a `$filter` into tokens. Throws 400 where it cannot be read. */
export function filterTokens(filter: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < filter.length) {
    const at = TOKEN.lastIndex
    const found = TOKEN.exec(filter)
    if (!found) throw badFilter(`Syntax error at position ${at} in '${filter}'.`)
    const [, quoted, plain, name, mark] = found
    if (quoted !== undefined) tokens.push({ kind: 'value', value: quoted.replaceAll("''", "'") })
    else if (plain !== undefined) tokens.push({ kind: 'value', value: plainValue(plain) })
    else if (name !== undefined) tokens.push(nameToken(name))
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark as '(' | ')' | ',' | ':' })
  }
  return tokens
}

export function badFilter(why: string) {
  return badRequest(`Invalid filter clause: ${why}`)
}

function plainValue(text: string): FilterValue {
  return /^-?\d+$/.test(text) ? Number(text) : text
}

function nameToken(name: string): Token {
  return Object.hasOwn(CONSTANTS, name)
    ? { kind: 'value', value: CONSTANTS[name]! }
    : { kind: 'name', text: name }
}
