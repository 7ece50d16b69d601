import { completeGroup, completeUser } from './complete.ts'
import type { Directory, DirectoryGroup, DirectoryUser, MemberRef, OtherObject } from './directory.ts'
import { type MemberSource, memberships, noMembers } from './memberships.ts'
import { noRows, orderedRows, type RowSource } from './ordered-rows.ts'

/** What a seed computes; nothing in it ever changes. */
export interface DirectorySource {
  users: RowSource<DirectoryUser>
  groups: RowSource<DirectoryGroup>
  members: MemberSource
}

/** How many groups' transitive members are kept, so that the pages of one list do not each walk the whole tree. */
const KEPT_WALKS = 8

/** Where a user stands in a walk: the skiptokens recorded of a real tenant hold the userPrincipalName. */
export function userPosition(user: Pick<DirectoryUser, 'userPrincipalName'>): string {
  return user.userPrincipalName.toLowerCase()
}

/** A directory that can be changed; without a source it starts empty. */
export function changeableDirectory(
  source: DirectorySource = { users: noRows(), groups: noRows(), members: () => noMembers },
  now: () => Date = () => new Date(),
): Directory {
  const users = orderedRows(source.users, userPosition)
  const groups = orderedRows(source.groups, (group) => group.id)
  const members = memberships(source.members)
  const others = new Map<string, OtherObject>()
  const verbatimUsers: string[] = []
  const walks = new Map<string, readonly MemberRef[]>()
  let times: string[] | undefined
  /** Whether there may be members who are gone: somebody who is removed stays where they were a member. */
  let hasRemoved = false

  const typeOf = (id: string) => (users.get(id) ? 'user' : groups.get(id) ? 'group' : others.get(id)?.type)

  const freePosition = (user: DirectoryUser) => {
    const holder = users.find(userPosition(user))
    if (holder && holder.id !== user.id) throw new Error(`${user.userPrincipalName} is taken`)
    return user
  }

  function* existingMembers(groupId: string, after?: number) {
    if (!groups.get(groupId)) return
    for (const member of members.walk(groupId, after))
      if (!hasRemoved || typeOf(member.id) === member.type) yield member
  }

  const walkTree = (groupId: string, throughHidden: boolean): MemberRef[] => {
    const seen = new Set([groupId])
    const found: MemberRef[] = []
    const open = [groupId]
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      if (!throughHidden && groups.get(next)?.visibility === 'HiddenMembership') continue
      for (const { id, type } of existingMembers(next)) {
        if (seen.has(id)) continue
        seen.add(id)
        found.push({ id, type })
        if (type === 'group') open.push(id)
      }
    }
    return found
  }

  const transitiveMembers = (groupId: string, throughHidden = true) => {
    const key = `${groupId} ${throughHidden}`
    const kept = walks.get(key) ?? walkTree(groupId, throughHidden)
    walks.delete(key)
    walks.set(key, kept)
    for (const oldest of walks.keys()) if (walks.size > KEPT_WALKS) walks.delete(oldest)
    return kept
  }

  /** Makes a change after which no kept walk holds. */
  const change = <T>(make: () => T): T => {
    walks.clear()
    times = undefined
    return make()
  }

  const remove = (make: () => void): void =>
    change(() => {
      hasRemoved = true
      make()
    })

  return {
    get userCount() {
      return users.count + verbatimUsers.length
    },
    get groupCount() {
      return groups.count
    },
    verbatimUsers,
    users: () => copies(users.walk()),
    groups: () => copies(groups.walk()),
    user: (id) => copyIfFound(users.get(id)),
    userByPrincipalName: (name) => copyIfFound(users.find(name.toLowerCase())),
    group: (id) => copyIfFound(groups.get(id)),
    walkUsers: users.walk,
    creationTimes() {
      times ??= Array.from(users.walk(), ({ createdDateTime }) => createdDateTime)
        .filter((time) => time !== null)
        .sort()
      return times
    },
    walkGroups: groups.walk,
    memberIds: existingMembers,
    memberCount: (groupId) => {
      let count = 0
      for (const _ of existingMembers(groupId)) count += 1
      return count
    },
    memberObject: ({ id, type }) =>
      type === 'user' ? users.get(id) : type === 'group' ? groups.get(id) : others.get(id),
    transitiveMembers,
    transitiveUserIds: (groupId) =>
      new Set(transitiveMembers(groupId).flatMap(({ id, type }) => (type === 'user' ? [id] : []))),

    addUser: (partial) =>
      change(() => {
        const user = freePosition(completeUser(partial, now()))
        if (typeOf(user.id)) throw new Error(`${user.id} is taken`)
        users.put(user)
        return user
      }),
    updateUser: (id, patch) =>
      change(() => {
        const user = freePosition({ ...existing(copyIfFound(users.get(id)), id), ...patch, id })
        users.put(user)
        return user
      }),
    addVerbatimUser: (json) => void verbatimUsers.push(json),
    removeUser: (id) => remove(() => users.remove(id)),
    addGroup: (partial) =>
      change(() => {
        const group = completeGroup(partial, now())
        if (typeOf(group.id)) throw new Error(`${group.id} is taken`)
        groups.put(group)
        return group
      }),
    updateGroup: (id, patch) =>
      change(() => {
        const group = { ...existing(copyIfFound(groups.get(id)), id), ...patch, id }
        groups.put(group)
        return group
      }),
    removeGroup: (id) => remove(() => groups.remove(id)),
    addOtherObject: (object) => change(() => void others.set(object.id, object)),
    addMember: (groupId, id) =>
      change(() => {
        existing(groups.get(groupId), groupId)
        members.add(groupId, { id, type: existing(typeOf(id), id) })
      }),
    removeMember: (groupId, id) => change(() => members.remove(groupId, id)),
  }
}

function existing<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw new Error(`${id} does not exist`)
  return found
}

function copyIfFound<T extends object>(row: T | undefined): T | undefined {
  return row && copy(row)
}

function* copies<T extends object>(rows: Iterable<T>): Iterable<T> {
  for (const row of rows) yield copy(row)
}

/** A plain object with every property of a lazy row, whose properties are inherited getters. */
function copy<T extends object>(row: T): T {
  const plain = {} as T
  for (const property in row) plain[property] = row[property]
  return plain
}
