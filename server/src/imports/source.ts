import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { UsersPage } from '../entra/list-users.ts'
import { followLink, newWalk, type Walk } from './follow-links.ts'

/** One place people are read from, as its row says, and how far a worker walked it. */
export interface Source {
  ordinal: number
  kind: 'users' | 'group' | 'people'
  objectId: string | null
  name: string
  /** Which users, where a large tenant is read in parts; null for all of them. */
  filter: string | null
  cursor: string | null
  restarts: number
  /** How many people Microsoft counts there; null where it did not say. */
  expected: number | null
  walk: Walk
}

/** The sources of a run that are not read to their end yet; `which` is a condition on `s`. */
export async function unreadSources(db: Db, runId: string, which: RawBuilder<unknown>): Promise<Source[]> {
  const found = await sql<Omit<Source, 'walk'>>`
    select s.ordinal, s.kind, s.object_id as "objectId", s.name, s.filter, s.cursor, s.restarts,
      coalesce(s.expected, r.expected) as expected
    from import_sources s join import_runs r on r.id = s.run_id
    where s.run_id = ${runId} and s.state in ('pending', 'reading') and ${which} order by s.ordinal`.execute(
    db,
  )
  return found.rows.map((source) => ({ ...source, walk: newWalk }))
}

/** The source as it stands after a page. Throws GraphError `next_link_loop` where the next link leads in a circle. */
export function afterPage(source: Source, { users, next, count }: UsersPage): Source {
  const expected = source.expected ?? count
  const walk = next === null ? source.walk : followLink(source.walk, next, users.length, expected)
  return { ...source, cursor: next, expected, walk }
}

/** The source as it stands where it begins again. */
export const fromBeginning = (source: Source): Source => ({
  ...source,
  cursor: null,
  restarts: source.restarts + 1,
  walk: newWalk,
})
