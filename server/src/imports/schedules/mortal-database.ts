import pg from 'pg'
import { connect, type Database } from '../../db/open.ts'

export interface MortalDatabase extends Database {
  /**
   * Ends as a crash would: connections break, whatever they are at, and nothing is ever sent again. What the server was
   * asked last it may still do, or not.
   */
  die(): void
}

/**
 * Connections of a server that may die. Before each statement `attend` is awaited with its number, from 1; what it answers,
 * if anything, is called as soon as the statement is on its way.
 */
export async function connectMortal(
  url: string,
  attend: (statement: number) => Promise<(() => void) | undefined> = async () => undefined,
): Promise<MortalDatabase> {
  const clients = new Set<pg.Client>()
  let statements = 0
  let dead = false
  let connected = false

  const send = async (query: () => unknown): Promise<unknown> => {
    // Nobody can die before they live: connecting asks something too.
    if (!connected) return query()
    const sent = await attend(++statements)
    if (dead) throw new Error('This server is dead.')
    const answer = query()
    sent?.()
    return answer
  }
  const watch = (poolClient: pg.PoolClient) => {
    const client = poolClient as unknown as pg.Client
    if (clients.has(client)) return
    clients.add(client)
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    client.query = ((...args: unknown[]) => {
      const sent = send(() => query(...args))
      // Whoever asks by a callback does not look at the promise.
      const callback = args.at(-1)
      return typeof callback === 'function' ? sent.catch((error: unknown) => callback(error)) : sent
    }) as typeof client.query
  }
  const database = await connect(url, { openPool: (config) => new pg.Pool(config).on('acquire', watch) })
  connected = true
  return {
    ...database,
    die: () => {
      dead = true
      // pg destroys the socket of a client whose statement is not answered yet.
      for (const client of clients) client.end().catch(() => {})
    },
  }
}
