import { sql } from 'kysely'
import type { Db, Tx } from '../db/schema.ts'
import type { UsersPage } from '../entra/list-users.ts'
import { type EntryRow, entryId, entryOf } from './entry-of.ts'
import { fenced, type Lease } from './lease.ts'
import type { Source } from './source.ts'
import type { People, StoredPeople } from './stored-people.ts'

const stored = [
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

const read = stored.filter((name) => name !== 'object_id')
const columns = sql.raw(stored.join(', '))
const types: Partial<Record<keyof EntryRow, string>> = {
  object_id: 'uuid',
  account_enabled: 'boolean',
  guest: 'boolean',
}

/** A list of lists has one shape in SQL, so the few attribute names in `altered` travel as one text. */
const sqlOf = (name: string) => (name === 'altered' ? `string_to_array(r.altered, ',')` : `r.${name}`)
const arrays = (entries: EntryRow[]) =>
  sql.join(
    stored.map((name) => {
      const column = entries.map((entry) => (name === 'altered' ? entry.altered.join(',') : entry[name]))
      return sql`${column}::${sql.raw(types[name] ?? 'text')}[]`
    }),
  )
const values = sql.raw(stored.map(sqlOf).join(', '))
const overwritten = sql.raw(read.map((name) => `${name} = excluded.${name}`).join(', '))
const existing = sql.raw(read.map((name) => `e.${name}`).join(', '))
const excluded = sql.raw(read.map((name) => `excluded.${name}`).join(', '))

/** Inserts entries, the last read of a person winning; answers how many people are new to the run. */
async function insertEntries(tx: Tx, lease: Lease, entries: EntryRow[]): Promise<number> {
  const inserted = await sql<{ fresh: number }>`
    with written as (
      insert into import_entries as e (run_id, workspace_id, ${columns})
      select ${lease.runId}, ${lease.workspaceId}, ${values}
      from unnest(${arrays(entries)}) as r (${columns})
      on conflict (object_id, run_id) do update set ${overwritten}
        where (${existing}) is distinct from (${excluded})
      returning xmax = 0 as fresh
    )
    select count(*) filter (where fresh)::int as fresh from written`.execute(tx)
  return inserted.rows[0]!.fresh
}

/** One page of one source; `next` null closes the source. */
export interface PageRead extends UsersPage {
  source: Pick<Source, 'ordinal' | 'kind'>
}

/**
 * Stores pages: entries, memberships, cursors and counts in one transaction, so that no cursor is ever ahead of its
 * effects. The pages are of different sources. People who are known to be `stored` as they were read are not written again.
 */
export async function writePages(
  db: Db,
  lease: Lease,
  pages: PageRead[],
  stored?: StoredPeople,
): Promise<void> {
  // The last one wins also within a page.
  const read = pages.map((page) => ({ ...page, people: peopleById(page.users) }))
  // One statement may not touch a row twice, and somebody in three groups is one entry.
  const people: People = new Map(read.flatMap((page) => [...page.people]))
  const unlike = stored?.unlike(people) ?? people
  const entries = Array.from(unlike.values(), entryOf)
  const sources = read.map(({ source, next, count, people }) => ({
    ordinal: source.ordinal,
    next,
    count,
    length: people.size,
  }))
  const memberships = read
    .filter(({ source }) => source.kind === 'group')
    .flatMap(({ source, people }) => Array.from(people.keys(), (id) => ({ ordinal: source.ordinal, id })))
  await fenced(db, lease, 'scanning', async (tx) => {
    const fresh = entries.length > 0 ? await insertEntries(tx, lease, entries) : 0
    if (memberships.length > 0) await insertMemberships(tx, lease, memberships)
    await sql`
      update import_sources s set cursor = r.next, read_count = read_count + r.length, expected = coalesce(s.expected, r.count),
        state = case when r.next is null then case when hidden and read_count + r.length = 0 then 'hidden' else 'complete' end
          else 'reading' end
      from jsonb_to_recordset(${JSON.stringify(sources)}::jsonb) as r (ordinal int, next text, count int, length int)
      where s.run_id = ${lease.runId} and s.ordinal = r.ordinal`.execute(tx)
    await sql`update import_runs set read_count = read_count + ${fresh} where id = ${lease.runId}`.execute(tx)
  })
  stored?.add(unlike)
}

const peopleById = (users: UsersPage['users']): People => new Map(users.map((user) => [entryId(user), user]))

async function insertMemberships(
  tx: Tx,
  lease: Lease,
  rows: { ordinal: number; id: string }[],
): Promise<void> {
  await sql`
    insert into import_memberships (run_id, workspace_id, ordinal, object_id)
    select ${lease.runId}, ${lease.workspaceId}, ordinal, id
    from unnest(${rows.map((row) => row.ordinal)}::int[], ${rows.map((row) => row.id)}::uuid[]) as r (ordinal, id)
    on conflict do nothing`.execute(tx)
}
