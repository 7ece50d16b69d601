import { connection } from '@keyroster/api/connections.ts'
import type { Mode, StartImport } from '@keyroster/api/imports.ts'
import { pageOf } from '@keyroster/api/page.ts'
import { z } from 'zod'
import { StartRefusal } from '../start-refusal.ts'
import type { RemotePanel } from './import-panel.ts'
import { importOptions } from './options.ts'
import { printable } from './printable.ts'
import { readArguments } from './read-arguments.ts'

/** What `keyroster import` was told. */
export interface ImportWish {
  /** A name or an id. */
  connection: string
  groups: string[]
  mode: Mode
  includeGuests: boolean
  includeDisabled: boolean
  dryRun: boolean
  yes: boolean
  json: boolean
  url?: string
}

/** Reads the options of `keyroster import`. Throws StartRefusal where they are not enough or contradict each other. */
export function readWish(args: string[]): ImportWish {
  const { values } = readArguments('import', args, importOptions)
  const { connection: named, group: groups = [], 'dry-run': dryRun = false, yes = false, url } = values
  const refuse = (reason: string) => new StartRefusal(`keyroster import: ${reason}`)
  if (!named) throw refuse('say from which connection, with --connection NAME.')
  if (dryRun && yes)
    throw refuse('--dry-run writes nothing, and --yes writes without asking. Keep one of them.')
  if (values['only-update'] && !values['sync-existing'])
    throw refuse('--only-update goes with --sync-existing.')
  const wrong = groups.find((id) => !z.guid().safeParse(id).success)
  if (wrong !== undefined)
    throw refuse(`--group ${wrong} is no object ID. The group's page in Entra shows it.`)
  return {
    connection: named,
    groups,
    mode: modeOf(values),
    includeGuests: values['include-guests'] ?? false,
    includeDisabled: values['include-disabled'] ?? false,
    dryRun,
    yes,
    json: values.json ?? false,
    ...(url !== undefined && { url }),
  }
}

function modeOf(values: { 'sync-existing'?: boolean; 'only-update'?: boolean }): Mode {
  if (!values['sync-existing']) return 'new'
  return values['only-update'] ? 'existing' : 'new-and-existing'
}

/** The body of POST /api/imports. The run itself finds out what the groups are called. */
export function startBody(id: string, connectionId: string, wish: ImportWish): StartImport {
  const { groups, mode, includeGuests, includeDisabled } = wish
  const chosen = groups.map((group) => ({ id: group, displayName: group }))
  return {
    id,
    connectionId,
    scope: chosen.length > 0 ? { kind: 'groups', groups: chosen } : { kind: 'all-users' },
    mode,
    includeGuests,
    includeDisabled,
  }
}

const named = connection.pick({ id: true, name: true, tenant: true })

/** The id of the connection with this name, whatever its case, or with this id. Throws StartRefusal, which names them all. */
export async function findConnection(panel: RemotePanel, wanted: string): Promise<string> {
  if (z.uuid().safeParse(wanted).success) return wanted
  const all = await listConnections(panel)
  const same = all.filter(({ name }) => name.trim().toLowerCase() === wanted.trim().toLowerCase())
  if (same.length === 1) return same[0]!.id
  if (same.length > 1) {
    const which = same.map(({ id, tenant }) => `${id} (${printable(tenant)})`).join(', ')
    throw new StartRefusal(`Several connections are called ${wanted}. Give the ID of one of them: ${which}.`)
  }
  const others = all.map(({ name }) => printable(name)).join(', ')
  throw new StartRefusal(
    `There is no connection ${wanted}. ${others ? `There are: ${others}.` : 'The panel has none yet.'}`,
  )
}

async function listConnections(panel: RemotePanel): Promise<z.output<typeof named>[]> {
  const all = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ limit: '200', ...(cursor && { cursor }) })
    const page: { items: z.output<typeof named>[]; next: string | null } = await panel.ask(
      pageOf(named),
      'GET',
      `/api/connections?${query}`,
    )
    all.push(...page.items)
    cursor = page.next
  }
  return all
}
