import {
  type DirectoryUser,
  type InvalidDirectoryUser,
  readDirectoryUser,
  userSelect,
} from './directory-user.ts'
import type { Graph, GraphOptions } from './graph-client.ts'
import { isAdvanced } from './user-parts.ts'

export interface UsersPage {
  users: (DirectoryUser | InvalidDirectoryUser)[]
  /** The cursor to go on from; null at the end. A page may be empty and still have one. */
  next: string | null
  /** How many people Microsoft counts in the whole list; null where it does not say, as on every page but the first. */
  count: number | null
}

/** A page costs the same whatever it holds, so it is always as large as Graph allows. */
export const usersPath = `/users?$select=${userSelect}&$top=999`

/**
 * One page of all users of the tenant, or of a part of them (user-parts.ts); `cursor` is null for the first one. The
 * part of accounts without a creation date is an advanced query, on every page.
 */
export async function listUsers(
  graph: Graph,
  filter: string | null,
  cursor: string | null,
  options?: GraphOptions,
): Promise<UsersPage> {
  const eventual = filter !== null && isAdvanced(filter)
  const condition = filter === null ? '' : `&$filter=${encodeURIComponent(filter)}`
  const first = `${usersPath}${condition}${eventual ? '&$count=true' : ''}`
  const page = await graph.page(cursor ?? first, { ...options, eventual })
  return { users: page.items.map(readDirectoryUser), next: page.next, count: page.count }
}
