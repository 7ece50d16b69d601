import type pg from 'pg'
import type { UserRow } from './draw-workspace.ts'

/** A workspace as it stands: users by id, names of groups by object id, memberships as `group user`. */
export interface Standing {
  users: Map<string, UserRow>
  groups: Map<string, string>
  members: Set<string>
}

export async function readWorkspace(pool: pg.Pool, workspaceId: string): Promise<Standing> {
  const users = await pool.query<UserRow>(
    `select id, display_name, email, given_name, surname, user_principal_name, job_title, department, employee_id,
      office_location, mobile_phone, preferred_language, user_type, account_enabled, status, suspended_by, source, tenant_id,
      object_id, manual_attributes, version from users where workspace_id = $1`,
    [workspaceId],
  )
  const groups = await pool.query<{ object_id: string; display_name: string }>(
    'select object_id, display_name from groups where workspace_id = $1',
    [workspaceId],
  )
  const members = await pool.query<{ key: string }>(
    `select g.object_id || ' ' || m.user_id as key from group_members m join groups g on g.id = m.group_id
     where m.workspace_id = $1`,
    [workspaceId],
  )
  return {
    users: new Map(users.rows.map((user) => [user.id, user])),
    groups: new Map(groups.rows.map((group) => [group.object_id, group.display_name])),
    members: new Set(members.rows.map(({ key }) => key)),
  }
}

/** The tables whose rows belong to a workspace. */
export async function tablesOfWorkspaces(pool: pg.Pool): Promise<string[]> {
  const tables = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'workspace_id' order by 1`,
  )
  return tables.rows.map(({ name }) => name)
}

/** All rows of a workspace in these tables, and its own, as one text that differs where any of them does. */
export async function snapshotRows(
  { pool, tables }: { pool: pg.Pool; tables: string[] },
  workspaceId: string,
): Promise<string> {
  const rowsOf = (table: string, column: string) =>
    `select '${table}' as name,
      (select string_agg(md5(t::text), ' ' order by md5(t::text)) from ${table} t where ${column} = $1) as rows`
  const each = [rowsOf('workspaces', 'id'), ...tables.map((table) => rowsOf(table, 'workspace_id'))]
  const found = await pool.query<{ name: string; rows: string | null }>(each.join(' union all '), [
    workspaceId,
  ])
  return found.rows.map(({ name, rows }) => `${name}: ${rows}`).join('\n')
}
