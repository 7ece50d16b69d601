import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportRun, RunState, StartImport } from '@keyroster/api/imports.ts'
import type { Database } from '@keyroster/server/src/db/open.ts'
import { request } from 'undici'
import type { Panel } from './parts/panel.ts'

export interface Planned {
  run: ImportRun
  seconds: { scan: number; plan: number }
}

export interface Imported {
  run: ImportRun
  /** The reviewer's time between plan and apply is left out. */
  seconds: { scan: number; plan: number; apply: number; together: number }
}

/** What an import does at the moment. */
export type Phase = 'scan' | 'plan' | 'apply'

/** Imports through the panel's API, as its wizard does, and times each phase. Rejects where the import does not complete. */
export async function importPeople(
  panel: Panel,
  database: Database,
  scope: StartImport['scope'],
  onPhase?: (phase: Phase) => void,
): Promise<Imported> {
  const { run, seconds } = await planImport(panel, database, scope, onPhase)
  onPhase?.('apply')
  await call(panel, 'POST', `/api/imports/${run.id}/confirm`, { fingerprint: run.fingerprint })
  const apply = await whileIn(database, run.id, 'applying')
  const done = await readImport(panel, run.id, 'completed')
  return { run: done, seconds: { ...seconds, apply, together: seconds.scan + seconds.plan + apply } }
}

/** Imports until the plan can be reviewed. */
export async function planImport(
  panel: Panel,
  database: Database,
  scope: StartImport['scope'],
  onPhase?: (phase: Phase) => void,
): Promise<Planned> {
  const id = randomUUID()
  const wish: StartImport = { id, connectionId: panel.connectionId, scope, mode: 'new-and-existing' }
  onPhase?.('scan')
  await call(panel, 'POST', '/api/imports', wish)
  const scan = await whileIn(database, id, 'scanning')
  onPhase?.('plan')
  const plan = await whileIn(database, id, 'planning')
  return { run: await readImport(panel, id, 'ready'), seconds: { scan, plan } }
}

/** Gives up an import, so that another one may begin. */
export async function cancelImport(panel: Panel, { id }: ImportRun): Promise<void> {
  await call(panel, 'POST', `/api/imports/${id}/cancel`, {})
}

/** Looks at the run's row, which costs the panel nothing, until it has left this state; seconds from now. */
async function whileIn({ pool }: Database, id: string, state: RunState): Promise<number> {
  const since = performance.now()
  for (;;) {
    const found = await pool.query<{ state: RunState }>('select state from import_runs where id = $1', [id])
    if (found.rows[0]!.state !== state) return (performance.now() - since) / 1000
    await sleep(10)
  }
}

async function readImport(panel: Panel, id: string, expected: RunState): Promise<ImportRun> {
  const run = await call<ImportRun>(panel, 'GET', `/api/imports/${id}`)
  if (run.state !== expected) throw new Error(`The import is ${run.state}: ${run.sentence}`)
  return run
}

/** Asks the panel's API as the signed-in admin. */
export async function call<Answer>(
  panel: Panel,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<Answer> {
  // Not by fetch, which takes longer than the panel's answer to some of these.
  const { statusCode, body: answer } = await request(`${panel.url}${path}`, {
    method,
    headers: {
      cookie: panel.cookie,
      'x-keyroster': '1',
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    body: body ? JSON.stringify(body) : null,
  })
  if (statusCode >= 400)
    throw new Error(`${method} ${path} was answered ${statusCode}: ${await answer.text()}`)
  return (await answer.json()) as Answer
}
