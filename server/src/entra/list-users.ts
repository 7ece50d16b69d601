import {
  type DirectoryUser,
  type InvalidDirectoryUser,
  readDirectoryUser,
  userSelect,
} from './directory-user.ts'
import type { Graph, GraphOptions } from './graph-client.ts'

export interface UsersPage {
  users: (DirectoryUser | InvalidDirectoryUser)[]
  /** The cursor to go on from; null at the end. A page may be empty and still have one. */
  next: string | null
}

/** A page costs the same whatever it holds, so it is always as large as Graph allows. */
export const usersPath = `/users?$select=${userSelect}&$top=999`

/** One page of all users of the tenant; `cursor` is null for the first one. */
export async function listUsers(
  graph: Graph,
  cursor: string | null,
  options?: GraphOptions,
): Promise<UsersPage> {
  const page = await graph.page(cursor ?? usersPath, options)
  return { users: page.items.map(readDirectoryUser), next: page.next }
}
