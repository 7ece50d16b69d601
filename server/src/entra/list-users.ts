import type { DirectoryUser, InvalidDirectoryUser } from './directory-user.ts'
import type { Graph, GraphOptions } from './graph-client.ts'

export interface UsersPage {
  users: (DirectoryUser | InvalidDirectoryUser)[]
  /** The cursor to go on from; null at the end. */
  next: string | null
}

/** One page of all users of the tenant; `cursor` is null for the first one. */
export async function listUsers(
  _graph: Graph,
  _cursor: string | null,
  _options?: GraphOptions,
): Promise<UsersPage> {
  throw new Error('not there yet')
}
