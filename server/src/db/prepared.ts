import { type PostgresPoolClient, sql } from 'kysely'
import type pg from 'pg'

const MARK = '/* prepared */'

/**
 * What a statement begins with that is asked all the time and in few forms: PostgreSQL parses it once a connection, and keeps
 * one plan where that is as good for all values; both are half of what a short one takes. Not for statements whose best plan depends on what is asked, such
 * as a search. https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
 */
export const prepared = sql.raw<never>(MARK)

/** By text, for a name means one text in all connections. */
const names = new Map<string, string>()

const preparing = new WeakMap<pg.PoolClient, PostgresPoolClient>()

/** The connection as Kysely uses it, which knows no names of statements. */
export function preparingClient(client: pg.PoolClient): PostgresPoolClient {
  const known = preparing.get(client)
  if (known) return known
  const query = (text: string, values: unknown[]) =>
    text.startsWith(MARK) ? client.query({ name: nameOf(text), text, values }) : client.query(text, values)
  const made: PostgresPoolClient = Object.create(client, { query: { value: query } })
  preparing.set(client, made)
  return made
}

function nameOf(text: string): string {
  const name = names.get(text) ?? `keyroster_${names.size}`
  names.set(text, name)
  return name
}
