import { sql } from 'kysely'
import type { Tx } from '../db/schema.ts'
import type { UsersPage } from '../entra/list-users.ts'
import { type EntryRow, entryId, entryOf } from './entry-of.ts'
import type { Lease } from './lease.ts'
import type { Source } from './source.ts'
import type { People, StoredPeople } from './stored-people.ts'

const columnNames = [
  'object_id',
  'display_name',
  'email',
  'given_name',
  'surname',
  'user_principal_name',
  'job_title',
  'department',
  'employee_id',
  'office_location',
  'mobile_phone',
  'preferred_language',
  'user_type',
  'account_enabled',
  'guest',
  'email_folded',
  'name_folded',
  'search',
  'invalid',
  'altered',
] as const satisfies readonly (keyof EntryRow)[]

const overwrittenNames = columnNames.filter((name) => name !== 'object_id')
const columns = sql.raw(columnNames.join(', '))
const types: Partial<Record<keyof EntryRow, string>> = {
  object_id: 'uuid',
  account_enabled: 'boolean',
  guest: 'boolean',
}

/** A list of lists has one shape in SQL, so the few attribute names in `altered` travel as one text. */
const sqlOf = (name: string) => (name === 'altered' ? `string_to_array(r.altered, ',')` : `r.${name}`)
const arrays = (entries: EntryRow[]) =>
  sql.join(
    columnNames.map((name) => {
      const column = entries.map((entry) => (name === 'altered' ? entry.altered.join(',') : entry[name]))
      return sql`${column}::${sql.raw(types[name] ?? 'text')}[]`
    }),
  )
const values = sql.raw(columnNames.map(sqlOf).join(', '))
const overwritten = sql.raw(overwrittenNames.map((name) => `${name} = excluded.${name}`).join(', '))
const existing = sql.raw(overwrittenNames.map((name) => `e.${name}`).join(', '))
const excluded = sql.raw(overwrittenNames.map((name) => `excluded.${name}`).join(', '))

/** One page of one source; `next` null closes the source. */
export interface PageRead extends UsersPage {
  source: Pick<Source, 'ordinal' | 'kind'>
}

/** Pages as they will be written. */
export interface ReadyPages {
  sources: { ordinal: number; next: string | null; count: number | null; length: number }[]
  /** Who is in which source, as two columns. */
  memberships: { ordinals: number[]; ids: string[] }
  entries: EntryRow[]
}

/**
 * Makes rows of pages, which are of different sources. People whom `stored` knows as they are need no entry. In the order of
 * their ids, because PostgreSQL then finds the place of each in an index beside that of the one before.
 */
export function preparePages(pages: PageRead[], stored?: StoredPeople): ReadyPages {
  const sources: ReadyPages['sources'] = []
  const memberships: { ordinal: number; id: string }[] = []
  const people: People = new Map()
  for (const { source, users, next, count } of pages) {
    const ids = new Set<string>()
    for (const user of users) {
      const id = entryId(user)
      ids.add(id)
      // The last one wins, within a page too: one statement may not touch a row twice, and somebody in three groups is one entry.
      people.set(id, user)
    }
    sources.push({ ordinal: source.ordinal, next, count, length: ids.size })
    if (source.kind === 'group') for (const id of ids) memberships.push({ ordinal: source.ordinal, id })
  }
  memberships.sort((one, other) => inOrder(one.id, other.id))
  const entries = Array.from((stored?.claim(people) ?? people).values(), entryOf)
  return {
    sources,
    memberships: {
      ordinals: memberships.map(({ ordinal }) => ordinal),
      ids: memberships.map(({ id }) => id),
    },
    entries: entries.sort((one, other) => inOrder(one.object_id, other.object_id)),
  }
}

const inOrder = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/**
 * Stores pages, within a fenced write: entries, memberships, cursors and counts in one statement, for between two of them the
 * database would wait for whatever else this process is doing.
 */
export async function writePages(
  tx: Tx,
  { runId, workspaceId }: Lease,
  { sources, memberships, entries }: ReadyPages,
): Promise<void> {
  await sql`
    with written as (
      insert into import_entries as e (run_id, workspace_id, ${columns})
      select ${runId}, ${workspaceId}, ${values}
      from unnest(${arrays(entries)}) as r (${columns})
      on conflict (object_id, run_id) do update set ${overwritten}
        where (${existing}) is distinct from (${excluded})
      returning xmax = 0 as fresh
    ),
    joined as (
      insert into import_memberships (run_id, workspace_id, ordinal, object_id)
      select ${runId}, ${workspaceId}, ordinal, id
      from unnest(${memberships.ordinals}::int[], ${memberships.ids}::uuid[]) as r (ordinal, id)
      on conflict do nothing
    ),
    moved as (
      update import_sources s
      set cursor = r.next, read_count = read_count + r.length, expected = coalesce(s.expected, r.count),
        state = case when r.next is null then case when hidden and read_count + r.length = 0 then 'hidden' else 'complete' end
          else 'reading' end
      from jsonb_to_recordset(${JSON.stringify(sources)}::jsonb) as r (ordinal int, next text, count int, length int)
      where s.run_id = ${runId} and s.ordinal = r.ordinal
    )
    update import_runs set read_count = read_count + (select count(*) filter (where fresh) from written)
    where id = ${runId}`.execute(tx)
}
