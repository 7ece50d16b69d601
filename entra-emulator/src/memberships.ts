import type { MemberRef, PlacedMember } from './directory.ts'

/** The members that a seed computes for a group, by ordinal from 0; of a group that it does not know, none. */
export type MemberSource = (groupId: string) => {
  readonly count: number
  at(ordinal: number): MemberRef
}

/** Of a group without members in the source. */
export const noMembers: ReturnType<MemberSource> = {
  count: 0,
  at() {
    throw new RangeError('a group without members has none to give')
  },
}

/** Who is a direct member of which group, over a source that never changes. */
export interface Memberships {
  /** In order of place, those after `after` only. Members that no longer exist are still among them. */
  walk(groupId: string, after?: number): Iterable<PlacedMember>
  add(groupId: string, member: MemberRef): void
  remove(groupId: string, memberId: string): void
}

interface GroupChanges {
  removed: Set<string>
  added: Map<string, PlacedMember>
  nextPlace: number
}

/** Lays changes over the source: places below its count are its ordinals, those above are additions in turn. */
export function memberships(source: MemberSource): Memberships {
  const changed = new Map<string, GroupChanges>()
  const changesOf = (groupId: string): GroupChanges => {
    const known = changed.get(groupId)
    if (known) return known
    const fresh = { removed: new Set<string>(), added: new Map(), nextPlace: source(groupId).count }
    changed.set(groupId, fresh)
    return fresh
  }
  const inSource = (groupId: string, memberId: string): boolean => {
    const { count, at } = source(groupId)
    for (let ordinal = 0; ordinal < count; ordinal += 1) if (at(ordinal).id === memberId) return true
    return false
  }

  return {
    *walk(groupId, after = -1) {
      const changes = changed.get(groupId)
      const { count, at } = source(groupId)
      for (let place = after + 1; place < count; place += 1) {
        const { id, type } = at(place)
        if (!changes?.removed.has(id)) yield { id, type, place }
      }
      for (const member of changes?.added.values() ?? []) if (member.place > after) yield member
    },
    add(groupId, { id, type }) {
      const changes = changesOf(groupId)
      if (changes.removed.delete(id) || changes.added.has(id) || inSource(groupId, id)) return
      changes.added.set(id, { id, type, place: changes.nextPlace })
      changes.nextPlace += 1
    },
    remove(groupId, memberId) {
      const changes = changesOf(groupId)
      if (!changes.added.delete(memberId) && inSource(groupId, memberId)) changes.removed.add(memberId)
    },
  }
}
