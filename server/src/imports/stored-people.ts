import type { DirectoryUser, InvalidDirectoryUser } from '../entra/directory-user.ts'

/** How many characters are remembered at most, of the last people: 20 MB, twice that where they are beyond Latin-1. */
const MOST = 20_000_000

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
}

export function createStoredPeople(): StoredPeople {
  const texts = new Map<string, string>()
  let characters = 0
  const forget = (id: string) => {
    characters -= texts.get(id)?.length ?? 0
    texts.delete(id)
  }
  const isStored = (id: string, user: unknown) => texts.has(id) && texts.get(id) === JSON.stringify(user)
  return {
    knows: (id) => texts.has(id),
    unlike: (people) => new Map([...people].filter(([id, user]) => !isStored(id, user))),
    add(people) {
      for (const [id, user] of people) {
        forget(id)
        const text = JSON.stringify(user)
        texts.set(id, text)
        characters += text.length
      }
      // A map keeps its keys in the order they were set.
      for (const id of texts.keys()) {
        if (characters <= MOST) break
        forget(id)
      }
    },
  }
}
