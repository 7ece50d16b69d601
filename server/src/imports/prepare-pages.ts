import type { GroupNow } from '../entra/list-groups.ts'
import type { UsersPage } from '../entra/list-users.ts'
import { type EntryRow, entryId, entryOf } from './entry-of.ts'
import type { Source } from './source.ts'
import type { StoredPeople } from './stored-people.ts'

/** What one request told of one source. */
export interface PageRead {
  source: Pick<Source, 'ordinal' | 'kind'>
  /** What a group that was just begun is now. */
  group?: GroupNow
  /** Its people; null where none could be read. `next` null closes the source. */
  page: UsersPage | null
}

/** What is stored of a source, by its columns; those of the group where `begun`, those of the page where `read`. */
interface SourceRow {
  ordinal: number
  begun: boolean
  name?: string
  description?: string | null
  mail?: string | null
  kind?: string
  dynamic?: boolean
  hidden?: boolean
  /** How the source stands where no page was read. */
  state?: string
  read: boolean
  next?: string | null
  count?: number | null
  length?: number
}

/** Pages as they will be written. */
export interface ReadyPages {
  sources: SourceRow[]
  /** Who is in which source, as two columns; `areNew` where none of them may be stored already. */
  memberships: { ordinals: number[]; ids: string[]; areNew: boolean }
  /** In the same way. */
  entries: { rows: EntryRow[]; areNew: boolean }
}

/** Somebody on the pages, and the groups that they were found in. */
interface Found {
  person: UsersPage['users'][number]
  ordinals: number[]
}

/**
 * Makes rows of pages, which are of different sources. People whom `stored` knows as they are need no entry. In the order of
 * their ids, because PostgreSQL then finds the place of each in an index beside that of the one before.
 */
export function preparePages(pages: readonly PageRead[], stored?: StoredPeople): ReadyPages {
  const people = new Map<string, Found>()
  const sources = pages.map((page) => sourceRow(page, gather(people, page)))
  // Somebody may be on two pages of a group, but before its first one nobody is stored as its member.
  const memberships: ReadyPages['memberships'] = {
    ordinals: [],
    ids: [],
    areNew: sources.every(({ begun }) => begun),
  }
  const entries: ReadyPages['entries'] = { rows: [], areNew: true }
  for (const id of [...people.keys()].sort()) {
    const { person, ordinals } = people.get(id)!
    for (const ordinal of ordinals) {
      memberships.ordinals.push(ordinal)
      memberships.ids.push(id)
    }
    const claimed = stored?.claim(id, person) ?? 'unsure'
    if (claimed === 'stored') continue
    if (claimed === 'unsure') entries.areNew = false
    entries.rows.push(entryOf(person))
  }
  return { sources, memberships, entries }
}

/** Adds who is on a page, and answers how many they are; of somebody who is there twice the last record counts. */
function gather(people: Map<string, Found>, { source, page }: PageRead): number {
  const ids = new Set<string>()
  for (const person of page?.users ?? []) {
    const id = entryId(person)
    const found = people.get(id) ?? { person, ordinals: [] }
    found.person = person
    people.set(id, found)
    if (source.kind === 'group' && !ids.has(id)) found.ordinals.push(source.ordinal)
    ids.add(id)
  }
  return ids.size
}

function sourceRow({ source: { ordinal }, group, page }: PageRead, length: number): SourceRow {
  return {
    ordinal,
    begun: group !== undefined,
    ...(group && groupColumns(group)),
    read: page !== null,
    ...(page && { next: page.next, count: page.count, length }),
  }
}

function groupColumns(group: GroupNow): Partial<SourceRow> {
  if (typeof group === 'string') return { state: group, hidden: false }
  const { displayName, description, mail, kind, dynamic, hiddenMembership } = group
  return { state: 'pending', name: displayName, description, mail, kind, dynamic, hidden: hiddenMembership }
}
