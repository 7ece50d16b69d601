import type { Logger } from 'pino'
import { ensureOperator } from './admins/operator.ts'
import { startPurging } from './audit/retention.ts'
import type { Config } from './config.ts'
import { migrate } from './db/migrate.ts'
import { openDatabase } from './db/open.ts'
import { createApp } from './http/app.ts'
import type { App } from './http/types.ts'
import { freeLeases } from './imports/lease.ts'
import { startWorker } from './imports/worker.ts'
import type { Panel } from './panel.ts'
import { openSecretKeys } from './secrets/secret-keys.ts'
import { StartRefusal } from './start-refusal.ts'
import { loadTls, renewTls } from './tls.ts'

export interface RunningPanel extends Panel {
  /** Where browsers find it. */
  url: string
  operatorId: string
  /** Answers what is under way, then stops the database it started. */
  close(): Promise<void>
}

/** How long requests under way, such as a progress stream, may hold up the end. */
const closeLimitMs = 3000

/**
 * Runs the panel: database, migrations, the first workspace with its operator, http and the import worker. Rejects with a
 * StartRefusal, and nothing left running, where it cannot.
 */
export async function run(config: Config, log: Logger): Promise<RunningPanel> {
  // A certificate that cannot be served is refused before anything is touched.
  if (config.tls) loadTls(config.tls)
  warnOfUnnamedProxy(config, log)
  await using started = new AsyncDisposableStack()
  const database = await openDatabase(config, log)
  started.defer(() => database.close())
  const applied = await migrate(database.pool)
  if (applied.length > 0) log.info({ applied }, 'migrated the database')
  const secretKeys = await openSecretKeys(config, database.db, log)
  const operatorId = await ensureOperator(database.db)
  // The lock of the data folder says that no other panel lives, so nobody has to wait until a dead one's leases end.
  if (config.databaseUrl === null) await freeLeases(database.db)
  const walled = { ...database, db: database.walled }
  const panel: Panel = { config, database: walled, secretKeys, log, wake: async () => {} }
  const worker = await startWorker(panel)
  started.defer(() => worker.close())
  panel.wake = worker.wake
  const purging = startPurging(panel)
  started.defer(() => purging.close())
  const app = await createApp(panel)
  started.defer(() => closeApp(app))
  await listen(app, config)
  if (config.tls) started.defer(renewTls(app, config.tls, log))
  const running = started.move()
  return { ...panel, database, url: config.baseUrl, operatorId, close: () => running.disposeAsync() }
}

/** Browsers come by https and the panel serves none: a proxy stands between, and everybody has its address. */
function warnOfUnnamedProxy({ baseUrl, tls, trustedProxies }: Config, log: Logger): void {
  if (tls !== null || trustedProxies.length > 0 || !baseUrl.startsWith('https:')) return
  log.warn(
    'the reverse proxy is not named in KEYROSTER_TRUST_PROXY, so all who sign in share one limit, and the audit log has its address',
  )
}

async function listen(app: App, config: Config): Promise<void> {
  const { host, port } = config
  await app.listen({ host, port }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EADDRINUSE') {
      throw new StartRefusal(
        `Port ${port} is taken by another program. Stop that one, or choose another port with KEYROSTER_PORT.`,
        { cause },
      )
    }
    if (cause.code === 'EACCES') {
      throw new StartRefusal(
        `This user may not listen on port ${port}. Choose one above 1023 with KEYROSTER_PORT.`,
        {
          cause,
        },
      )
    }
    if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND') {
      throw new StartRefusal(
        `This machine has no address ${host}. Set KEYROSTER_HOST to one it has, or to 0.0.0.0.`,
        {
          cause,
        },
      )
    }
    throw cause
  })
}

async function closeApp(app: App): Promise<void> {
  const limit = setTimeout(() => app.server.closeAllConnections(), closeLimitMs)
  await app.close()
  clearTimeout(limit)
}
