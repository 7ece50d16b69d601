import type { PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { preparedName } from './prepared.ts'

const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>()

/**
 * The connection as Kysely uses it, which knows no names of statements. It asks by a callback: for the promise, pg would assign a
 * function to a property, which V8 takes for a method and makes among the old, so that every answer stays until all memory is
 * searched. https://github.com/v8/v8/blob/main/src/parsing/parser.h (CheckAssigningFunctionLiteralToProperty)
 */
export function kyselyClient(client: pg.PoolClient): PostgresPoolClient {
  const known = clients.get(client)
  if (known) return known
  const query = (text: string, values: unknown[]) =>
    new Promise<pg.QueryResult>((resolve, reject) => {
      client.query({ name: preparedName(text), text, values }, (error, result) =>
        error ? reject(error) : resolve(result),
      )
    })
  const made: PostgresPoolClient = Object.create(client, { query: { value: query } })
  clients.set(client, made)
  return made
}
