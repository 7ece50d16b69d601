import type { DirectoryCounts, DirectoryGroups } from '@keyroster/api/connections.ts'
import { type Graph, openGraph } from '../entra/graph-client.ts'
import { searchGroups } from '../entra/list-groups.ts'
import { readCount } from '../entra/read-count.ts'
import type { Panel } from '../panel.ts'
import { readConnection } from './read-connections.ts'

/** Somebody waits before the screen: better to say soon that Microsoft is slow. */
const PATIENCE = 15_000

/** Groups of the tenant for the chooser, asked of Microsoft each time. Throws ProblemError and GraphError. */
export async function findGroups(
  panel: Panel,
  workspaceId: string,
  connectionId: string,
  search: string,
  signal: AbortSignal,
): Promise<DirectoryGroups> {
  const graph = await openOwn(panel, workspaceId, connectionId)
  return searchGroups(graph, search, { signal, patience: PATIENCE, urgent: true })
}

const counted = {
  users: '/users/$count',
  guests: "/users/$count?$filter=userType eq 'Guest'",
  disabled: '/users/$count?$filter=accountEnabled eq false',
  groups: '/groups/$count',
} satisfies Record<keyof DirectoryCounts, string>

/** How many people and groups the tenant has, by one request. Throws ProblemError and GraphError. */
export async function countDirectory(
  panel: Panel,
  workspaceId: string,
  connectionId: string,
  signal: AbortSignal,
): Promise<DirectoryCounts> {
  const graph = await openOwn(panel, workspaceId, connectionId)
  const requests = Object.entries(counted).map(([id, url]) => ({
    id,
    url: encodeURI(url),
    headers: { ConsistencyLevel: 'eventual' },
  }))
  const answers = await graph.batch(requests, { signal, patience: PATIENCE, urgent: true })
  return {
    users: readCount(answers.get('users')),
    guests: readCount(answers.get('guests')),
    disabled: readCount(answers.get('disabled')),
    groups: readCount(answers.get('groups')),
  }
}

async function openOwn(panel: Panel, workspaceId: string, connectionId: string): Promise<Graph> {
  const { id } = await readConnection(panel.database.db, workspaceId, connectionId)
  return openGraph(panel, id)
}
