import { statfs } from 'node:fs/promises'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { StartRefusal } from '../start-refusal.ts'
import { findEmbedded, startEmbedded } from './embedded.ts'
import { endPools, type OpenPool, openPools, poolByReach } from './pools.ts'
import type { Db, Schema } from './schema.ts'

export interface Database {
  /** Goes by the reach of the work at hand (reach.ts); outside of any it is the owner's, for the console and for tests. */
  db: Db
  /** The same, but outside of any reach it refuses: for a panel that serves. */
  walled: Db
  /** Of the owner of the tables, whom no wall stops: for migrations and backups. */
  pool: pg.Pool
  /** A connection string for clients of their own, such as a queue or a listener. */
  url: string
  /**
   * Whether an import may write more. The embedded PostgreSQL ends itself where its log finds no room, and takes the panel's
   * pages with it, so imports leave it some; your own says by itself when it has none.
   */
  hasRoom(): Promise<boolean>
  close(): Promise<void>
}

const oldestVersion = 15

/**
 * How long a transaction may wait for its next statement, in milliseconds: far longer than any of ours, none of which waits for
 * anything but the database. One that a frozen or vanished process left open would keep its rows from everybody else.
 */
const IDLE_IN_TRANSACTION = 60_000

/** What imports leave free on the disk of the embedded PostgreSQL: more than they write between two looks. */
const roomBytes = 256 * 2 ** 20

// pg gives text for what may not fit a JavaScript number; our counts and versions do, and a date is no instant.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)

/**
 * Opens the database that the configuration names: yours, or the embedded one, which is started, or adopted where it
 * still runs, and stopped by `close`. Throws StartRefusal where that cannot be.
 */
export async function openDatabase(config: Config, log?: Logger): Promise<Database> {
  if (config.databaseUrl !== null) return connect(config.databaseUrl)
  const embedded = await startEmbedded(config.dataDir, log && { log })
  const database = await connect(embedded.url)
  return {
    ...database,
    hasRoom: async () => {
      const { bavail, bsize } = await statfs(config.dataDir)
      return bavail * bsize >= roomBytes
    },
    close: async () => {
      await database.close()
      await embedded.stop()
    },
  }
}

/** Joins the database of a panel that may be running; where the embedded one is not, it runs until `close`. */
export async function joinDatabase(config: Config): Promise<Database> {
  const running = config.databaseUrl ?? (await findEmbedded(config.dataDir))
  return running === null ? openDatabase(config) : connect(running)
}

/**
 * Connects to the PostgreSQL at `url` and checks that it is version 15 or later. `close` ends the connections. A transaction that
 * waits longer than `idleInTransaction` milliseconds for its next statement is undone, and its connection ended. `openPool` makes
 * the pools of connections.
 * Throws StartRefusal where it cannot be reached or is too old.
 */
export async function connect(
  url: string,
  {
    idleInTransaction = IDLE_IN_TRANSACTION,
    openPool,
  }: { idleInTransaction?: number; openPool?: OpenPool } = {},
): Promise<Database> {
  const pools = openPools(
    {
      connectionString: url,
      application_name: 'keyroster',
      idle_in_transaction_session_timeout: idleInTransaction,
    },
    openPool,
  )
  try {
    await checkVersion(pools.owner)
  } catch (error) {
    await endPools(pools)
    throw error
  }
  const kysely = (outside: 'owner' | 'refused') =>
    new Kysely<Schema>({ dialect: new PostgresDialect({ pool: poolByReach(pools, outside) }) })
  return {
    db: kysely('owner'),
    walled: kysely('refused'),
    pool: pools.owner,
    url,
    hasRoom: async () => true,
    close: () => endPools(pools),
  }
}

async function checkVersion(pool: pg.Pool): Promise<void> {
  const version = await pool
    .query<{ server_version: string }>('show server_version')
    .catch((cause: Error) => {
      throw new StartRefusal(`PostgreSQL cannot be reached (${cause.message}). Check DATABASE_URL.`, {
        cause,
      })
    })
  const text = version.rows[0]?.server_version ?? ''
  if (Number.parseInt(text, 10) < oldestVersion) {
    throw new StartRefusal(
      `This PostgreSQL is version ${text}; Keyroster needs ${oldestVersion} or later. Upgrade it, or leave DATABASE_URL unset to use the embedded one.`,
    )
  }
}
