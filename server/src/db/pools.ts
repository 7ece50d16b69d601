import type { PostgresPool } from 'kysely'
import pg from 'pg'
import { kyselyClient } from './kysely-client.ts'
import { currentReach } from './reach.ts'

/** The connections of a panel, each pool in a role of its own; a connection never changes its role. */
export interface Pools {
  /** As whoever connects: the owner of the tables, whom no wall stops. */
  owner: pg.Pool
  /** As `keyroster_panel`. */
  panel: pg.Pool
  /** As `keyroster_app`. */
  app: pg.Pool
}

export type OpenPool = (config: pg.PoolConfig) => pg.Pool

/** Opens nothing yet: connections are made as they are asked for. */
export function openPools(shared: pg.PoolConfig, open: OpenPool = (config) => new pg.Pool(config)): Pools {
  const make = (own: pg.PoolConfig) => {
    const pool = open({ max: 12, ...shared, ...own })
    // A connection may break at any time, idle or between two statements of a transaction; the pool makes another, and whoever
    // uses it hears of it with the next statement, but without listeners Node would stop.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    return pool
  }
  return {
    owner: make({}),
    panel: make({ max: 4, onConnect: (client) => client.query('set role keyroster_panel') }),
    app: make({ onConnect: (client) => client.query('set role keyroster_app') }),
  }
}

export async function endPools(pools: Pools): Promise<void> {
  await Promise.all(Object.values(pools).map((pool) => pool.ended || pool.end()))
}

/**
 * What Kysely takes its connections from: the pool that the work at hand may use. `outside` is for work that nobody said the
 * reach of: the owner's for the console and for tests, refused for a panel that serves.
 */
export function poolByReach(pools: Pools, outside: 'owner' | 'refused'): PostgresPool {
  return {
    options: pools.app.options,
    connect: async () => {
      const reach = currentReach()
      if (reach === undefined && outside === 'owner') return pools.owner.connect()
      if (reach === undefined || reach === 'nothing')
        throw new Error('A query must say which workspace it is for.')
      const connection = reach === 'panel' ? pools.panel.connect() : connectIn(pools.app, reach.workspaceId)
      return kyselyClient(await connection)
    },
    end: () => endPools(pools),
  }
}

/** The workspace that a connection was last used for. */
const standing = new WeakMap<pg.PoolClient, string>()

/** A connection keeps its workspace, so that a panel with one workspace says it once a connection. */
async function connectIn(pool: pg.Pool, workspaceId: string): Promise<pg.PoolClient> {
  const client = await pool.connect()
  if (standing.get(client) === workspaceId) return client
  try {
    await client.query(`select set_config('keyroster.workspace', $1, false)`, [workspaceId])
    standing.set(client, workspaceId)
    return client
  } catch (error) {
    client.release(true)
    throw error
  }
}
