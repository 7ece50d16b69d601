import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EntryPage, ImportRun, RunState, StartImport } from '@keyroster/api/imports.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from 'entra-emulator'
import type { RouteOptions } from 'fastify'
import { transaction } from '../db/transaction.ts'
import { credentialContext } from '../entra/connection-access.ts'
import { createTestPanel, type TestPanel } from '../http/test-panel.ts'
import type { Panel } from '../panel.ts'
import { sealSecret } from '../secrets/data-keys.ts'
import { isFinished } from './run-state.ts'
import { startWorker, type Worker } from './worker.ts'

export interface TestImport extends TestPanel {
  emulator: Emulator
  connectionId: string
  worker: Worker
  /** Starts a run and waits until it is ready or has ended. */
  plan(wish?: Partial<StartImport>): Promise<ImportRun>
  /** Confirms a ready run and waits until it has ended. */
  applyPlan(run: ImportRun): Promise<ImportRun>
  until(runId: string, reached: (run: ImportRun) => boolean): Promise<ImportRun>
  entries(runId: string, query?: string): Promise<EntryPage['items']>
}

/** A panel with a worker and a connection that was granted, beside an emulated tenant. */
export async function createTestImport(
  options: EmulatorOptions = {},
  onRoute?: (route: RouteOptions) => void,
): Promise<TestImport> {
  const emulator = await startEmulator({ granted: true, ...options })
  const entra = { loginUrl: emulator.origin, graphUrl: emulator.origin }
  const test = await createTestPanel({ entra }, onRoute)
  const { panel, call, admin } = test
  const worker = await startWorker(panel)
  panel.wake = worker.wake
  const connectionId = await insertConnection(panel, test.admin.workspaceId, emulator)
  const run = async (runId: string) => (await call<ImportRun>('GET', `/api/imports/${runId}`)).body
  const until: TestImport['until'] = async (runId, reached) => {
    const deadline = Date.now() + 20_000
    for (;;) {
      const now = await run(runId)
      if (reached(now)) return now
      if (Date.now() > deadline)
        throw new Error(`The run stayed ${now.state}: ${JSON.stringify(now.problem)}`)
      await sleep(25)
    }
  }
  const settled = (state: RunState) => state === 'ready' || isFinished(state)
  return {
    ...test,
    admin,
    emulator,
    connectionId,
    worker,
    until,
    async plan(wish) {
      const id = wish?.id ?? randomUUID()
      const body = { id, connectionId, scope: { kind: 'all-users' }, mode: 'new-and-existing', ...wish }
      const started = await call<ImportRun>('POST', '/api/imports', body)
      if (started.status !== 202) throw new Error(JSON.stringify(started.body))
      return until(id, ({ state }) => settled(state))
    },
    async applyPlan(ready) {
      const confirmed = await call('POST', `/api/imports/${ready.id}/confirm`, {
        fingerprint: ready.fingerprint,
      })
      if (confirmed.status !== 202) throw new Error(JSON.stringify(confirmed.body))
      return until(ready.id, ({ state }) => isFinished(state))
    },
    async entries(runId, query = '') {
      return (await call<EntryPage>('GET', `/api/imports/${runId}/entries?limit=200&${query}`)).body.items
    },
    close: async () => {
      await worker.close()
      await test.close()
      await emulator.close()
    },
  }
}

/** The requests for pages of users, oldest first, whether each came by itself or in a batch. */
export const pagesAsked = ({ requests }: Emulator): { at: Date; query: string }[] =>
  requests
    .list()
    .flatMap(({ at, path, query, parts = [] }) => [{ path, query }, ...parts].map((one) => ({ at, ...one })))
    .filter(({ path }) => path === '/v1.0/users')

/** Whether an import takes somebody of the tenant without being asked for guests or disabled accounts. */
export const isEnabledMember = (user: {
  userType?: string | null
  accountEnabled?: boolean | null
}): boolean => user.userType !== 'Guest' && user.accountEnabled !== false

/** Makes a connection to the emulator's tenant as if an admin had granted access; answers its id. */
export async function insertConnection(
  { database, secretKeys }: Pick<Panel, 'database' | 'secretKeys'>,
  workspaceId: string,
  emulator: Emulator,
): Promise<string> {
  const id = randomUUID()
  const { app, tenant } = emulator
  const secret = app.secrets[0]!.value
  const context = credentialContext(workspaceId, id)
  const sealed = await transaction(database.db, (tx) => sealSecret(tx, secretKeys, secret, context))
  const domains = tenant.verifiedDomains.map((domain) => domain.name)
  await database.pool.query(
    `insert into connections (id, workspace_id, name, cloud, tenant, tenant_id, verified_domains, client_id, credential_kind,
      credential_sealed, secret_last_four, state)
    values ($1, $2, 'Contoso', 'global', $3::text, $3::text::uuid, $4, $5, 'secret', $6, $7, 'connected')`,
    [id, workspaceId, tenant.id, domains, app.clientId, sealed, secret.slice(-4)],
  )
  return id
}
