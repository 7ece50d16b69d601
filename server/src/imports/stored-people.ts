import type { DirectoryUser, InvalidDirectoryUser } from '../entra/directory-user.ts'

/** How much is remembered at most, of the last people: about so many bytes, up to twice that where texts are beyond Latin-1. */
const MOST = 30_000_000

/** What somebody takes in memory beside the characters of their texts. */
const FRAME = 500

type Person = DirectoryUser | InvalidDirectoryUser

/** Who a scan stored, and as what, so that somebody in many groups is written once, and again only where they changed. */
export interface StoredPeople {
  /**
   * What is known of somebody, by the id of their entry: that they were never stored, that they are stored as they are now, or
   * that neither is certain. From now on they count as stored: who asks writes them, before whoever asks next, and a write that
   * fails ends the scan.
   */
  claim(id: string, person: Person): 'new' | 'stored' | 'unsure'
}

/** Remembers from here on; `isBeginning` where nobody is stored yet. */
export function createStoredPeople(isBeginning: boolean): StoredPeople {
  const people = new Map<string, Person>()
  let knowsAll = isBeginning
  let bytes = 0
  const forget = (id: string, person: Person) => {
    bytes -= sizeOf(person)
    people.delete(id)
  }
  return {
    claim(id, person) {
      const before = people.get(id)
      if (before && isSame(before, person)) return 'stored'
      const known = knowsAll && !before ? 'new' : 'unsure'
      if (before) forget(id, before)
      people.set(id, person)
      bytes += sizeOf(person)
      // A map keeps its keys in the order they were set.
      for (const [oldest, gone] of people) {
        if (bytes <= MOST) break
        forget(oldest, gone)
        knowsAll = false
      }
      return known
    },
  }
}

function sizeOf(person: Person): number {
  let characters = 0
  for (const value of Object.values(person)) if (typeof value === 'string') characters += value.length
  return FRAME + characters
}

/** By their attributes alone, all of them texts, flags or null but for one list of names. */
function isSame(one: Person, other: Person): boolean {
  const [before, now] = [one, other] as unknown as Record<string, unknown>[]
  for (const name in now) {
    const [was, is] = [before![name], now[name]]
    if (was !== is && !(Array.isArray(was) && Array.isArray(is) && was.join() === is.join())) return false
  }
  return true
}
