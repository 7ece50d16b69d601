import { randomBytes } from 'node:crypto'
import type { RouteOptions } from 'fastify'
import { pino } from 'pino'
import { ensureOperator } from '../admins/operator.ts'
import { startSession } from '../admins/sessions.ts'
import type { Config } from '../config.ts'
import type { Database } from '../db/open.ts'
import { createTestDatabase } from '../db/test-database.ts'
import type { Panel } from '../panel.ts'
import { openSecretKeys } from '../secrets/secret-keys.ts'
import { createApp } from './app.ts'
import type { App } from './types.ts'

export interface TestPanel {
  panel: Panel
  app: App
  admin: { id: string; workspaceId: string }
  /** What its secrets are sealed with. */
  secretKey: Buffer
  /** The signed-in operator's cookie, as a request sends it. */
  cookie: string
  /** Asks as the operator's browser would; the answer is parsed JSON, or the text where it is none. */
  call: Call
  /** Ends the app and closes its database, which drops one of its own. */
  close: () => Promise<void>
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** `Body` is what the test expects to be answered; nothing but the test's assertions checks it. */
export type Call = <Body = unknown>(method: Method, path: string, body?: unknown) => Promise<Answer<Body>>

interface Answer<Body> {
  status: number
  body: Body
  headers: Record<string, unknown>
}

/** A panel on a database of its own, with one workspace and its operator signed in; nothing listens on a port. */
export async function createTestPanel(
  changes: Partial<Config> = {},
  onRoute?: (route: RouteOptions) => void,
): Promise<TestPanel> {
  return testPanelOn(await createTestDatabase(), changes, randomBytes(32), onRoute)
}

/** Such a panel on a database that may be shared with others. `secretKey` must then be that of the others. */
export async function testPanelOn(
  database: Database,
  changes: Partial<Config> = {},
  secretKey: Buffer = randomBytes(32),
  onRoute?: (route: RouteOptions) => void,
): Promise<TestPanel> {
  const config = { ...testConfig, secretKey, ...changes }
  const log = pino({ level: 'silent' })
  const panel: Panel = {
    config,
    database,
    secretKeys: await openSecretKeys(config, database.db, log),
    log,
    wake: async () => {},
  }
  const app = await createApp(panel, undefined, onRoute)
  const { db } = database
  const id = await ensureOperator(db)
  const { workspace_id: workspaceId } = await db
    .selectFrom('admins')
    .select('workspace_id')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const token = await startSession(db, id)
  const cookie = `${panel.config.baseUrl.startsWith('https:') ? '__Host-keyroster' : 'keyroster'}=${token}`
  return {
    panel,
    app,
    admin: { id, workspaceId },
    secretKey,
    cookie,
    call: callWith(app, cookie),
    close: async () => {
      await app.close()
      await database.close()
    },
  }
}

/** Makes a `call` that sends this cookie, or none. */
export function callWith(app: App, cookie?: string): Call {
  return async <Body>(method: Method, path: string, body?: unknown) => {
    const response = await app.inject({
      method,
      url: path,
      headers: {
        ...(cookie !== undefined && { cookie }),
        ...(method !== 'GET' && { 'x-keyroster': '1' }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    return { status: response.statusCode, body: parse(response.body) as Body, headers: response.headers }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const testConfig: Config = {
  host: '127.0.0.1',
  port: 8080,
  tls: null,
  trustedProxies: [],
  baseUrl: 'http://localhost:8080',
  dataDir: '/nonexistent',
  databaseUrl: null,
  secretKey: null,
  oldSecretKey: null,
  entra: null,
  logLevel: 'silent',
  demo: null,
}
