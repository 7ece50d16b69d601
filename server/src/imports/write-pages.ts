import { type RawBuilder, sql } from 'kysely'
import { arrayText } from '../db/array-text.ts'
import type { Db } from '../db/schema.ts'
import { persistently } from '../db/transaction.ts'
import type { EntryRow } from './entry-of.ts'
import { checkHeld, gettingOn, type Lease } from './lease.ts'
import type { ReadyPages } from './prepare-pages.ts'

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

/** In the list of what is selected, several at once give a row each time: from a list of tables, PostgreSQL stores them all first. */
const values = (entries: EntryRow[]) =>
  sql.join(
    columnNames.map((name) => {
      // A list of lists has one shape in SQL, so the few attribute names in `altered` travel as one text.
      if (name === 'altered')
        return sql`string_to_array(unnest(${arrayText(entries.map(({ altered }) => altered.join(',')))}::text[]), ',')`
      return sql`unnest(${arrayText(entries.map((entry) => entry[name]))}::${sql.raw(types[name] ?? 'text')}[])`
    }),
  )
const listOf = (written: (name: string) => string) => overwrittenNames.map(written).join(', ')
const overwriteChanged = sql.raw(`on conflict (object_id, run_id)
  do update set ${listOf((name) => `${name} = excluded.${name}`)}
  where (${listOf((name) => `e.${name}`)}) is distinct from (${listOf((name) => `excluded.${name}`)})`)

/** Where nothing can be there already, PostgreSQL need not look before each row: a third of what the rows cost. */
const unlessNew = (areNew: boolean, otherwise: RawBuilder<unknown>) => (areNew ? sql`` : otherwise)

/** In each part of the statement, because PostgreSQL promises them no order: whichever asks first waits for the run's row. */
const mayWrite = sql`exists (select from held where not cancel)`

/**
 * Stores pages in one fenced statement, a transaction of its own, so that no cursor is ahead of its effects: between two statements
 * the database would wait for whatever else this process is doing. Throws LeaseLost or CancelRequested, and then nothing is written.
 */
export async function writePages(
  db: Db,
  lease: Lease,
  { sources, memberships, entries }: ReadyPages,
): Promise<void> {
  const { runId, workspaceId, fence } = lease
  const statement = sql<{ cancel: boolean }>`
    with held as (
      select cancel_requested_at is not null as cancel from import_runs
      where id = ${runId} and fence = ${fence} and state = 'scanning' for no key update
    ),
    written as (
      insert into import_entries as e (run_id, workspace_id, ${columns})
      select ${runId}, ${workspaceId}, ${values(entries.rows)} where ${mayWrite}
      ${unlessNew(entries.areNew, overwriteChanged)}
      returning xmax = 0 as fresh
    ),
    joined as (
      insert into import_memberships (run_id, workspace_id, ordinal, object_id)
      select ${runId}, ${workspaceId}, unnest(${arrayText(memberships.ordinals)}::int[]), unnest(${arrayText(memberships.ids)}::uuid[])
      where ${mayWrite}
      ${unlessNew(memberships.areNew, sql`on conflict do nothing`)}
    ),
    moved as (
      update import_sources s
      set name = coalesce(r.name, s.name), hidden = coalesce(r.hidden, s.hidden),
        description = case when r.begun then r.description else s.description end,
        mail = case when r.begun then r.mail else s.mail end,
        group_kind = case when r.begun then r.kind else s.group_kind end,
        dynamic = case when r.begun then r.dynamic else s.dynamic end,
        cursor = case when r.read then r.next else s.cursor end, expected = coalesce(s.expected, r.count),
        read_count = s.read_count + coalesce(r.length, 0),
        state = case when not r.read then coalesce(r.state, s.state) when r.next is not null then 'reading'
          when coalesce(r.hidden, s.hidden) and s.read_count + r.length = 0 then 'hidden' else 'complete' end
      from jsonb_to_recordset(${JSON.stringify(sources)}::jsonb) as r (ordinal int, begun boolean, name text, description text,
        mail text, kind text, dynamic boolean, hidden boolean, state text, read boolean, next text, count int, length int)
      where s.run_id = ${runId} and s.ordinal = r.ordinal and ${mayWrite}
    ),
    counted as (
      update import_runs set ${gettingOn}, read_count = read_count + (select count(*) filter (where fresh) from written)
      where id = ${runId} and ${mayWrite}
    )
    select cancel from held`
  const held = await persistently(() => statement.execute(db))
  checkHeld(lease, held.rows)
}
