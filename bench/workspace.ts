import { connect, type Database } from '@keyroster/server/src/db/open.ts'
import packageOfAll from '../package.json' with { type: 'json' }
import { type Imported, importPeople } from './import.ts'
import type { Memory, Panel } from './parts/panel.ts'
import { type Part, startPart } from './parts/part.ts'
import type { Tenant, TenantSize } from './parts/tenant.ts'

/** How `npm start` tells Node to keep its memory small, so that the panel measured is the panel started. */
const memoryFlags = packageOfAll.scripts.start.match(/--\S+=\d+/g)!

/** A new panel with an empty database, connected to a local tenant; each in a process of its own. */
export interface Workspace {
  tenant: Part<Tenant>
  panel: Part<Panel>
  /** The panel's, for looking at it from outside. */
  database: Database
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts both; `nodeArguments` are extra ones for the Node of the panel, such as `--cpu-prof`. */
export async function startWorkspace(
  size: Partial<TenantSize> & { users: number },
  nodeArguments: string[] = [],
): Promise<Workspace> {
  await using started = new AsyncDisposableStack()
  const whole = { groups: 0, membersPerGroup: 0, latency: 0, https: false, ...size }
  const tenant = await startPart<Tenant>(new URL('parts/tenant.ts', import.meta.url), whole)
  started.defer(() => tenant.close())
  const panelFile = new URL('parts/panel.ts', import.meta.url)
  const panel = await startPart<Panel>(panelFile, tenant.ready, [...memoryFlags, ...nodeArguments])
  started.defer(() => panel.close())
  const database = await connect(panel.ready.databaseUrl)
  started.defer(() => database.close())
  const running = started.move()
  return { tenant, panel, database, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** An import of a whole tenant into an empty workspace, and what it cost the panel's process in memory. */
export interface FirstImport extends Imported {
  memory: { atRest: number; peak: number }
}

/** Imports everybody, for the first time. */
export async function importFirst({ panel, database }: Workspace): Promise<FirstImport> {
  const before = await panel.ask<Memory>('memory')
  const imported = await importPeople(panel.ready, database, { kind: 'all-users' })
  const after = await panel.ask<Memory>('memory')
  return { ...imported, memory: { atRest: before.now, peak: after.peak } }
}
