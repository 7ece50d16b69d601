import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportRun, RunState, StartImport } from '@keyroster/api/imports.ts'
import type { Database } from '@keyroster/server/src/db/open.ts'
import type { Panel } from './panel.ts'

export interface Imported {
  run: ImportRun
  /** The reviewer's time between plan and apply is left out. */
  seconds: { scan: number; plan: number; apply: number; together: number }
}

/** Imports through the panel's API, as its wizard does, and times each phase. Rejects where the import does not complete. */
export async function importPeople(
  panel: Panel,
  { pool }: Database,
  scope: StartImport['scope'],
): Promise<Imported> {
  const id = randomUUID()
  const wish: StartImport = { id, connectionId: panel.connectionId, scope, mode: 'new-and-existing' }

  /** Looks at the run's row, which costs the panel nothing, until it has left these states; seconds from now. */
  const whileIn = async (states: RunState[]): Promise<number> => {
    const since = performance.now()
    for (;;) {
      const found = await pool.query<{ state: RunState }>('select state from import_runs where id = $1', [id])
      if (!states.includes(found.rows[0]!.state)) return (performance.now() - since) / 1000
      await sleep(10)
    }
  }

  await call(panel, 'POST', '/api/imports', wish)
  const scan = await whileIn(['scanning'])
  const plan = await whileIn(['planning'])
  const { fingerprint } = await call(panel, 'GET', `/api/imports/${id}`)
  await call(panel, 'POST', `/api/imports/${id}/confirm`, { fingerprint })
  const apply = await whileIn(['applying'])
  const run = await call(panel, 'GET', `/api/imports/${id}`)
  if (run.state !== 'completed') throw new Error(`The import is ${run.state}: ${run.sentence}`)
  return { run, seconds: { scan, plan, apply, together: scan + plan + apply } }
}

async function call(panel: Panel, method: 'GET' | 'POST', path: string, body?: unknown): Promise<ImportRun> {
  const response = await fetch(`${panel.url}${path}`, {
    method,
    headers: {
      cookie: panel.cookie,
      'x-keyroster': '1',
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!response.ok)
    throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as ImportRun
}
