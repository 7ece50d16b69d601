import { sql } from 'kysely'
import type { Db, Tx } from '../db/schema.ts'
import type { DirectoryUser, InvalidDirectoryUser } from '../entra/directory-user.ts'
import { type EntryRow, entryOf } from './entry-of.ts'
import { fenced, type Lease } from './lease.ts'

/** One place people are read from, as its row says. */
export interface Source {
  ordinal: number
  kind: 'users' | 'group' | 'people'
  objectId: string | null
  name: string
  cursor: string | null
  restarts: number
}

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
] as const satisfies readonly (keyof EntryRow)[]

const columns = sql.raw(stored.join(', '))
const recordColumns = sql.raw(
  stored
    .map((name) =>
      name === 'object_id'
        ? 'object_id uuid'
        : `${name} ${name === 'account_enabled' || name === 'guest' ? 'boolean' : 'text'}`,
    )
    .join(', '),
)
const overwritten = sql.raw(
  stored
    .filter((name) => name !== 'object_id')
    .map((name) => `${name} = excluded.${name}`)
    .join(', '),
)

/** Inserts entries, the last read of a person winning; answers how many people are new to the run. */
async function insertEntries(tx: Tx, lease: Lease, entries: EntryRow[]): Promise<number> {
  const inserted = await sql<{ fresh: number }>`
    with written as (
      insert into import_entries as e (run_id, workspace_id, ${columns})
      select ${lease.runId}, ${lease.workspaceId}, ${columns}
      from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as r (${recordColumns})
      on conflict (run_id, object_id) do update set ${overwritten}
      returning xmax = 0 as fresh
    )
    select count(*) filter (where fresh)::int as fresh from written`.execute(tx)
  return inserted.rows[0]!.fresh
}

/**
 * Stores one page: entries, memberships, cursor and counts in one transaction, so that the cursor is never ahead of its
 * effects. `next` null closes the source.
 */
export async function writePage(
  db: Db,
  lease: Lease,
  source: Source,
  users: (DirectoryUser | InvalidDirectoryUser)[],
  next: string | null,
): Promise<void> {
  // The last one wins also within a page: one statement may not touch a row twice.
  const entries = [...new Map(users.map(entryOf).map((entry) => [entry.object_id, entry])).values()]
  await fenced(db, lease, 'scanning', async (tx) => {
    const fresh = entries.length > 0 ? await insertEntries(tx, lease, entries) : 0
    if (source.kind === 'group' && entries.length > 0)
      await sql`
        insert into import_memberships (run_id, workspace_id, ordinal, object_id)
        select ${lease.runId}, ${lease.workspaceId}, ${source.ordinal}, id
        from unnest(${entries.map((entry) => entry.object_id)}::uuid[]) id
        on conflict do nothing`.execute(tx)
    await sql`
      update import_sources set cursor = ${next}, read_count = read_count + ${entries.length},
        state = ${next === null ? 'complete' : 'reading'}
      where run_id = ${lease.runId} and ordinal = ${source.ordinal}`.execute(tx)
    await sql`update import_runs set read_count = read_count + ${fresh} where id = ${lease.runId}`.execute(tx)
  })
}
