import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Database } from './db/open.ts'
import type { SecretKeys } from './secrets/secret-keys.ts'

/** What every room of a running panel shares. */
export interface Panel {
  config: Config
  database: Database
  secretKeys: SecretKeys
  log: Logger
  /** Tells a worker that this import run has work. */
  wake: (runId: string) => Promise<void>
}
