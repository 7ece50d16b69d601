import {
  type DirectoryUser,
  type InvalidDirectoryUser,
  readDirectoryUser,
  userSelect,
} from './directory-user.ts'
import type { Graph, GraphOptions, GraphPage } from './graph-client.ts'
import { readCount } from './read-count.ts'
import { countRequest, isAdvanced } from './user-parts.ts'

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
  return usersOf(page)
}

/**
 * How many users the tenant has, and where `withFirst`, the first page of all of them in the same request. Each is null where
 * Microsoft does not say; why there is no page, `listUsers` hears.
 */
export async function sizeOfTenant(
  graph: Graph,
  withFirst: boolean,
  options?: GraphOptions,
): Promise<{ users: number | null; first: UsersPage | null }> {
  const requests = [countRequest('count', null), { id: 'first', url: usersPath }]
  const answers = await graph.batch(withFirst ? requests : requests.slice(0, 1), options)
  const page = graph.pageOf(answers.get('first'))
  return { users: readCount(answers.get('count')), first: page && usersOf(page) }
}

const usersOf = ({ items, next, count }: GraphPage): UsersPage => ({
  users: items.map(readDirectoryUser),
  next,
  count,
})
