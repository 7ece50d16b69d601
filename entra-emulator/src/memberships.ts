import type { MemberRef, PlacedMember } from './directory.ts'

/** The members that a seed computes for a group, by ordinal from 0; groups it does not know have none. */
export interface MemberSource {
  count(groupId: string): number
  at(groupId: string, ordinal: number): MemberRef
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
    const fresh = { removed: new Set<string>(), added: new Map(), nextPlace: source.count(groupId) }
    changed.set(groupId, fresh)
    return fresh
  }
  const inSource = (groupId: string, memberId: string): boolean => {
    for (let ordinal = 0; ordinal < source.count(groupId); ordinal += 1) {
      if (source.at(groupId, ordinal).id === memberId) return true
    }
    return false
  }

  return {
    *walk(groupId, after = -1) {
      const changes = changed.get(groupId)
      const count = source.count(groupId)
      for (let place = after + 1; place < count; place += 1) {
        const { id, type } = source.at(groupId, place)
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
