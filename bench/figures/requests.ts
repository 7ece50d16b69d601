import type { StartImport } from '@keyroster/api/imports.ts'
import type { RequestCounts } from '../count-requests.ts'
import { cancelImport, planImport } from '../import.ts'
import type { PeerScope } from '../parts/peer.ts'
import { peers, readByPeer } from '../read-by-peer.ts'
import { type Figure, target, whole } from '../table.ts'
import { startWorkspace, type Workspace } from '../workspace.ts'

interface Reading {
  reader: string
  scope: PeerScope
  people: number
  requests: RequestCounts
}

/** Requests to Graph at most, signing in left out. */
const limits = { 'all-users': 12, groups: 60 }

/** How many requests reading a whole tenant takes, and reading all its groups with their memberships. */
export async function requestsFigure(users: number, groups: number): Promise<Figure> {
  await using workspace = await startWorkspace({ users, groups, membersPerGroup: 100, https: true })
  const readings: Reading[] = []
  for (const scope of ['all-users', 'groups'] as const) {
    readings.push(await readByPanel(workspace, scope))
    for (const peer of peers) {
      const { people } = await readByPeer(workspace.tenant.ready, peer, scope)
      readings.push({ reader: peer, scope, people, requests: await workspace.tenant.ask('requestsSince') })
    }
  }
  return {
    name: 'requests',
    title: `Requests to Graph, ${whole(users)} users and ${whole(groups)} groups`,
    rows: [
      ['', 'all users', 'all groups', ''],
      ...['Keyroster', ...peers].map((reader) => row(reader, readings)),
    ],
    data: readings,
  }
}

async function readByPanel({ tenant, panel, database }: Workspace, scope: PeerScope): Promise<Reading> {
  const { groups } = tenant.ready
  const wish: StartImport['scope'] = scope === 'groups' ? { kind: 'groups', groups } : { kind: 'all-users' }
  await tenant.ask('requestsSince')
  const { run } = await planImport(panel.ready, database, wish)
  const requests = await tenant.ask<RequestCounts>('requestsSince')
  await cancelImport(panel.ready, run)
  return { reader: 'Keyroster', scope, people: run.read, requests }
}

const toGraph = ({ requests }: Reading) => requests.together - requests['sign-in']

function row(reader: string, readings: Reading[]): string[] {
  const counts = (['all-users', 'groups'] as const).map((scope) => {
    const counted = (other: Reading) => other.scope === scope
    const own = toGraph(readings.find((other) => counted(other) && other.reader === reader)!)
    const fewest = Math.min(...readings.filter(counted).map(toGraph))
    return { own, fewest, limit: limits[scope] }
  })
  const cells = counts.map(({ own, fewest }) => `${whole(own)}${own === fewest ? ' (fewest)' : ''}`)
  if (reader !== 'Keyroster') return [reader, ...cells, '']
  const isMet = counts.every(({ own, limit }) => own <= limit)
  return [reader, ...cells, target('≤ 12 and ≤ 60', isMet)]
}
