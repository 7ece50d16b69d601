import { migrate } from '@keyroster/server/src/db/migrate.ts'
import { connect, type Database } from '@keyroster/server/src/db/open.ts'
import { userSelect } from '@keyroster/server/src/entra/directory-user.ts'
import type { Panel } from './parts/panel.ts'
import type { Tenant } from './parts/tenant.ts'
import { signIn } from './sign-in.ts'

/** The least that an import has to do: to read these pages, and to write these rows once. */
export interface Floor {
  seconds: { fetch: number; insert: number; together: number }
  rows: Record<string, number>
}

/** Rows of one statement and one transaction, as the panel's own batches. */
const BATCH = 1000

/** The tables an import fills, each in an order like that in which the panel fills it; parents come first. */
const filled = [
  ['import_entries', 'user_principal_name'],
  ['users', 'id'],
] as const

/** What those refer to: copied beforehand, and not timed. */
const parents = ['workspaces', 'data_keys', 'connections', 'import_runs', 'import_sources']

/**
 * Does what the import of all users in `imported` did, at the least cost: the same pages fetched one after the other and parsed, the
 * same rows inserted in bulk into a second database of the same cluster, with the same tables and indexes.
 */
export async function measureFloor(tenant: Tenant, panel: Panel, imported: Database): Promise<Floor> {
  const fetching = await fetchPages(tenant)
  await imported.pool.query('create database floor')
  const url = new URL(panel.databaseUrl)
  url.pathname = '/floor'
  const floor = await connect(url.href)
  try {
    await migrate(floor.pool)
    for (const table of parents) await copy(imported, floor, table)
    await imported.pool.query('checkpoint')
    const copies = []
    for (const [table, order] of filled)
      copies.push({ table, ...(await copy(imported, floor, table, order)) })
    const inserting = copies.reduce((sum, { seconds }) => sum + seconds, 0)
    return {
      seconds: { fetch: fetching, insert: inserting, together: fetching + inserting },
      rows: Object.fromEntries(copies.map(({ table, rows }) => [table, rows])),
    }
  } finally {
    await floor.close()
  }
}

/** Walks all users in the largest pages; answers the seconds it took. */
async function fetchPages(tenant: Tenant): Promise<number> {
  const since = performance.now()
  const token = await signIn(tenant)
  const headers = { authorization: `Bearer ${token}` }
  let link: string | undefined = `${tenant.origin}/v1.0/users?$select=${userSelect}&$top=999`
  while (link !== undefined) {
    const response: Response = await fetch(link, { headers })
    if (!response.ok) throw new Error(`The floor was answered ${response.status}: ${await response.text()}`)
    link = ((await response.json()) as { '@odata.nextLink'?: string })['@odata.nextLink']
  }
  return (performance.now() - since) / 1000
}

/** Copies a table from one database to the other; only the inserting is timed. */
async function copy(from: Database, to: Database, table: string, order?: string) {
  const reader = await from.pool.connect()
  const copied = { rows: 0, seconds: 0 }
  try {
    await reader.query('begin')
    // What PostgreSQL computes itself cannot be written.
    const written = await reader.query<{ columns: string }>(
      `select string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns from information_schema.columns
       where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`,
      [table],
    )
    const { columns } = written.rows[0]!
    const sorted = order === undefined ? '' : `order by ${order}`
    await reader.query(`declare copied cursor for select to_jsonb(t) as row from ${table} t ${sorted}`)
    for (;;) {
      const { rows } = await reader.query<{ row: unknown }>(`fetch ${BATCH} from copied`)
      if (rows.length === 0) break
      const since = performance.now()
      await to.pool.query(
        `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1)`,
        [JSON.stringify(rows.map(({ row }) => row))],
      )
      copied.seconds += (performance.now() - since) / 1000
      copied.rows += rows.length
    }
    await reader.query('commit')
  } finally {
    reader.release(true)
  }
  return copied
}
