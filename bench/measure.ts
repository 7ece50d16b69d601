import type { StartImport } from '@keyroster/api/imports.ts'
import { connect } from '@keyroster/server/src/db/open.ts'
import { type Floor, measureFloor } from './floor.ts'
import { type Imported, importPeople } from './import.ts'
import type { Memory, Panel } from './panel.ts'
import { type Part, startPart } from './part.ts'
import type { RequestCounts } from './requests.ts'
import type { Tenant } from './tenant.ts'

/** One import beside its floor; memory in bytes. */
export interface Figures {
  name: string
  /** People read, and how many of them were written. */
  people: { read: number; written: number }
  seconds: Imported['seconds']
  requests: RequestCounts
  memory: { atRest: number; peak: number }
  floor: Floor & { requests: RequestCounts }
}

export interface Case {
  name: string
  /** How many of the tenant's groups are chosen; 0 takes all users instead. */
  groups: number
  /** Extra arguments to the Node of the panel, such as `--cpu-prof`. */
  nodeArguments: string[]
}

/** Imports into a panel of its own, with an empty database, then measures the floor on the same PostgreSQL. */
export async function measure(tenant: Part<Tenant>, { name, groups, nodeArguments }: Case): Promise<Figures> {
  await using started = new AsyncDisposableStack()
  const panel = await startPart<Panel>(new URL('panel.ts', import.meta.url), tenant.ready, nodeArguments)
  started.defer(() => panel.close())
  const database = await connect(panel.ready.databaseUrl)
  started.defer(() => database.close())

  const chosen = tenant.ready.groups.slice(0, groups)
  const scope: StartImport['scope'] = groups > 0 ? { kind: 'groups', groups: chosen } : { kind: 'all-users' }
  const before = await panel.ask<Memory>('memory')
  const { run, seconds } = await importPeople(panel.ready, database, scope)
  const after = await panel.ask<Memory>('memory')
  const requests = await tenant.ask<RequestCounts>('requestsSince')
  const groupIds = chosen.map(({ id }) => id)
  const floor = await measureFloor(tenant.ready, panel.ready, database, groupIds)
  return {
    name,
    people: { read: run.read, written: run.applied },
    seconds,
    requests,
    memory: { atRest: before.now, peak: after.peak },
    floor: { ...floor, requests: await tenant.ask<RequestCounts>('requestsSince') },
  }
}
