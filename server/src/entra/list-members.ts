import { readDirectoryUser, userSelect } from './directory-user.ts'
import type { Graph, GraphOptions, GraphPage } from './graph-client.ts'
import { GraphError } from './graph-error.ts'
import type { UsersPage } from './list-users.ts'

/**
 * The people of a group and of the groups in it, each once, without devices and the like. A cast together with other
 * query options is an advanced query: it wants `$count=true` here and ConsistencyLevel on every page.
 * https://learn.microsoft.com/en-us/graph/api/group-list-transitivemembers#optional-query-parameters
 */
function membersPath(groupId: string): string {
  const people = `/groups/${encodeURIComponent(groupId)}/transitiveMembers/microsoft.graph.user`
  return `${people}?$select=${userSelect}&$top=999&$count=true`
}

/** A group and how far it is read; `cursor` is null for the first page. */
export interface MembersWanted {
  groupId: string
  cursor: string | null
}

/**
 * A page of the people in each of several groups, those of nested groups included, by batches. A group that cannot be
 * read has its own error, `group_gone`, `group_forbidden` or `directory_changed_while_reading` among them. Throws
 * GraphError `permission_missing` where Graph hides who the members are.
 */
export async function listMembersOfMany(
  graph: Graph,
  wanted: readonly MembersWanted[],
  options?: GraphOptions,
): Promise<Map<string, UsersPage | GraphError>> {
  const requests = wanted.map(({ groupId, cursor }) => ({
    id: groupId,
    url: cursor ?? membersPath(groupId),
    headers: { ConsistencyLevel: 'eventual' },
  }))
  const pages = await graph.pages(requests, options)
  return new Map(
    [...pages].map(([groupId, page]) => [
      groupId,
      page instanceof GraphError ? aboutGroup(page) : peopleIn(page),
    ]),
  )
}

function peopleIn(page: GraphPage): UsersPage {
  if (page.items.some(isHidden)) {
    throw new GraphError({
      code: 'permission_missing',
      finding:
        'Microsoft names the members of the group but hides who they are: the app has no User.Read.All.',
      remedy: 'Add the application permission User.Read.All under API permissions, and grant access again.',
    })
  }
  return { users: page.items.map(readDirectoryUser), next: page.next, count: page.count }
}

/**
 * Without User.Read.All a member comes with every property but its id null instead of a 403; a broken record lacks some.
 * https://learn.microsoft.com/en-us/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
 */
function isHidden(member: unknown): boolean {
  if (typeof member !== 'object' || member === null) return false
  const { userPrincipalName, displayName, accountEnabled } = member as Record<string, unknown>
  return [userPrincipalName, displayName, accountEnabled].every((value) => (value ?? null) === null)
}

function aboutGroup(error: GraphError): GraphError {
  const { status, graphCode, requestId } = error
  if (status === 404) {
    return new GraphError({
      status,
      graphCode,
      requestId,
      code: 'group_gone',
      finding: 'This group no longer exists in Entra.',
      remedy: 'Choose the groups again.',
      cause: error,
    })
  }
  if (status === 403) {
    return new GraphError({
      status,
      graphCode,
      requestId,
      code: 'group_forbidden',
      finding: 'Microsoft does not let the app read the members of this group.',
      remedy: 'Grant GroupMember.Read.All, and Member.Read.Hidden for a group that hides its members.',
      cause: error,
    })
  }
  return error
}
