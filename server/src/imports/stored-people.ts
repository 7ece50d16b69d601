import type { DirectoryUser, InvalidDirectoryUser } from '../entra/directory-user.ts'

/** How many characters are remembered at most, of the last people: 20 MB, twice that where they are beyond Latin-1. */
const MOST = 20_000_000

/** People as they were read, by the id of their entry. */
export type People = Map<string, DirectoryUser | InvalidDirectoryUser>

/** Who a scan stored, and as what, so that somebody in many groups is written once, and again only where they changed. */
export interface StoredPeople {
  /**
   * Those of `people` who were not stored as they are now, as far as is remembered. From now on they count as stored: who asks
   * writes them, before whoever asks next, and a write that fails ends the scan.
   */
  claim(people: People): People
}

export function createStoredPeople(): StoredPeople {
  const texts = new Map<string, string>()
  let characters = 0
  const forget = (id: string) => {
    characters -= texts.get(id)?.length ?? 0
    texts.delete(id)
  }
  const remember = (id: string, text: string) => {
    forget(id)
    texts.set(id, text)
    characters += text.length
    // A map keeps its keys in the order they were set.
    for (const oldest of texts.keys()) {
      if (characters <= MOST) break
      forget(oldest)
    }
  }
  return {
    claim(people) {
      const claimed: People = new Map()
      for (const [id, user] of people) {
        const text = JSON.stringify(user)
        if (texts.get(id) === text) continue
        remember(id, text)
        claimed.set(id, user)
      }
      return claimed
    },
  }
}
