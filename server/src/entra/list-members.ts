import type { Graph, GraphOptions } from './graph-client.ts'
import type { UsersPage } from './list-users.ts'

/**
 * One page of the people in a group, those of nested groups included; `cursor` is null for the first one.
 * Throws GraphError `permission_missing` where Graph hides who they are, `group_gone`, `group_forbidden`.
 */
export async function listMembers(
  _graph: Graph,
  _groupId: string,
  _cursor: string | null,
  _options?: GraphOptions,
): Promise<UsersPage> {
  throw new Error('not there yet')
}
