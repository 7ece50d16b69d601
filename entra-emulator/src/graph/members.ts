import type { Directory, ObjectType, PlacedMember } from '../directory.ts'
import { findGroup } from './groups.ts'
import type { List } from './list.ts'
import { canReadHidden, canReadMember } from './permissions.ts'
import type { Resource } from './resource.ts'
import type { Row } from './row.ts'

const CONTEXTS: Record<ObjectType, string> = {
  user: 'users',
  group: 'groups',
  device: 'devices',
  servicePrincipal: 'servicePrincipals',
}

/**
 * Direct or transitive members of a group, perhaps only of one type. What the app may not read shows as type and
 * id; a group of hidden membership shows nobody. Throws 404 for an unknown group.
 * https://learn.microsoft.com/en-us/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
 */
export function listMembers(
  directory: Directory,
  { groupId, transitive, cast }: Resource & { kind: 'members' },
  permissions: ReadonlySet<string>,
): List {
  const group = findGroup(directory, groupId)
  const seesHidden = canReadHidden(permissions)
  const isHidden = group.visibility === 'HiddenMembership' && !seesHidden
  const isWanted = ({ type }: PlacedMember) => !cast || type === cast
  const placed = (after: number): Iterable<PlacedMember> =>
    isHidden ? [] : transitive ? fromTree(after) : directory.memberIds(group.id, after)
  function* fromTree(after: number) {
    const members = directory.transitiveMembers(group.id, seesHidden)
    for (let place = after + 1; place < members.length; place += 1) yield { ...members[place]!, place }
  }

  return {
    types: cast ? [cast] : ['user', 'group', 'device', 'servicePrincipal'],
    context: cast ? CONTEXTS[cast] : 'directoryObjects',
    withType: !cast,
    *rows(after) {
      for (const member of placed(after === undefined ? -1 : Number(after))) {
        if (!isWanted(member)) continue
        const object = directory.memberObject(member)
        const readable = canReadMember(member.type, permissions)
        if (object) yield { type: member.type, object, readable, place: member.place }
      }
    },
    size() {
      let size = 0
      for (const member of placed(-1)) if (isWanted(member)) size += 1
      return size
    },
    positionOf: ({ place }: Row) => String(place),
    strict: cast ? 'cast' : 'members',
  }
}
