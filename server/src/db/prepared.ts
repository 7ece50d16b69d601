import { sql } from 'kysely'

const MARK = '/* prepared */'

/**
 * What a statement begins with that is asked all the time and in few forms: PostgreSQL parses it once a connection, and keeps
 * one plan where that is as good for all values; both are half of what a short one takes. Not for statements whose best plan
 * depends on what is asked, such as a search. https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
 */
export const prepared = sql.raw<never>(MARK)

/**
 * The same for a statement whose plan depends on how many rows there are, about so many at the time: a kept plan knows them as
 * they were, so that of twenty people it would sort all, and of the million that an import brought too.
 */
export const preparedFor = (rows: number) => sql.raw<never>(`${MARK}/* ${String(rows).length} digits */`)

/** By text, for a name means one text in all connections. */
const names = new Map<string, string>()

/** The name that a statement is prepared by; undefined where it does not begin with `prepared`. */
export function preparedName(text: string): string | undefined {
  if (!text.startsWith(MARK)) return undefined
  const name = names.get(text) ?? `keyroster_${names.size}`
  names.set(text, name)
  return name
}
