import type { DirectoryGroup, DirectoryGroups } from '@keyroster/api/connections.ts'
import type { Graph, GraphOptions } from './graph-client.ts'

/** The first groups whose name or description has words beginning with the search text, with counts of people. */
export async function searchGroups(
  _graph: Graph,
  _search: string,
  _options?: GraphOptions,
): Promise<DirectoryGroups> {
  throw new Error('not there yet')
}

/** Groups by object id as they are now, without member counts; `gone` or `forbidden` where there is none to read. */
export async function readGroups(
  _graph: Graph,
  _groupIds: readonly string[],
  _options?: GraphOptions,
): Promise<Map<string, DirectoryGroup | 'gone' | 'forbidden'>> {
  throw new Error('not there yet')
}
