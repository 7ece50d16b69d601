import type { DirectoryUser, InvalidDirectoryUser } from '../entra/directory-user.ts'

/** How many people are remembered at most, the last ones: about 20 MB. */
const MOST = 50_000

/** People as they were read, by the id of their entry. */
export type People = Map<string, DirectoryUser | InvalidDirectoryUser>

/** Who a scan stored, and as what, so that somebody in many groups is written once, and again only where they changed. */
export interface StoredPeople {
  /** Whether somebody was stored, as whatever it was. */
  knows(id: string): boolean
  /** Those of `people` that do not stand in the database as they were read now, as far as is remembered. */
  unlike(people: People): People
  /** Remembers what was written; call it when the transaction has ended. */
  add(people: People): void
  /** Somebody may stand in the database no more. */
  clear(): void
}

export function createStoredPeople(): StoredPeople {
  const texts = new Map<string, string>()
  const isStored = (id: string, user: unknown) => texts.has(id) && texts.get(id) === JSON.stringify(user)
  return {
    knows: (id) => texts.has(id),
    unlike: (people) => new Map([...people].filter(([id, user]) => !isStored(id, user))),
    add(people) {
      for (const [id, user] of people) {
        texts.delete(id)
        texts.set(id, JSON.stringify(user))
      }
      // A map keeps its keys in the order they were set.
      for (const id of texts.keys()) {
        if (texts.size <= MOST) break
        texts.delete(id)
      }
    },
    clear: () => texts.clear(),
  }
}
