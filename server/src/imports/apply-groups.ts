import { sql } from 'kysely'
import type { Tx } from '../db/schema.ts'
import { foldName } from '../users/fold.ts'
import type { Written } from './apply-users.ts'
import type { Lease } from './lease.ts'

interface GroupRead {
  object_id: string
  display_name: string
  description: string | null
  mail: string | null
  kind: string
  dynamic: boolean
}

/** Brings the chosen groups that were read to their end in, by object id: two may have the same name. */
export async function writeGroups(tx: Tx, lease: Lease): Promise<void> {
  const read = await sql<GroupRead>`
    select object_id, name as display_name, description, mail, coalesce(group_kind, 'security') as kind, coalesce(dynamic, false) as dynamic
    from import_sources where run_id = ${lease.runId} and kind = 'group' and state = 'complete'`.execute(tx)
  const groups = read.rows.map((group) => ({ ...group, name_folded: foldName(group.display_name) }))
  if (groups.length === 0) return
  await sql`
    insert into groups as g (workspace_id, connection_id, tenant_id, object_id, display_name, name_folded, description, mail, kind, dynamic)
    select r.workspace_id, r.connection_id, r.tenant_id, s.object_id, s.display_name, s.name_folded, s.description, s.mail, s.kind, s.dynamic
    from jsonb_to_recordset(${JSON.stringify(groups)}::jsonb) as s
      (object_id uuid, display_name text, name_folded text, description text, mail text, kind text, dynamic boolean)
    join import_runs r on r.id = ${lease.runId}
    on conflict (workspace_id, tenant_id, object_id) do update set
      connection_id = excluded.connection_id, display_name = excluded.display_name, name_folded = excluded.name_folded,
      description = excluded.description, mail = excluded.mail, kind = excluded.kind, dynamic = excluded.dynamic,
      last_imported_at = now()`.execute(tx)
}

/** Puts people whose change was written into the chosen groups they are in at Microsoft. */
export async function writeMemberships(tx: Tx, lease: Lease, written: Written[]): Promise<void> {
  await sql`
    with chosen as materialized (
      select s.ordinal, g.workspace_id, g.id as group_id
      from import_sources s join import_runs r on r.id = s.run_id
      join groups g on (g.workspace_id, g.tenant_id, g.object_id) = (r.workspace_id, r.tenant_id, s.object_id)
      where s.run_id = ${lease.runId} and s.kind = 'group' and s.state = 'complete'
    )
    insert into group_members (workspace_id, group_id, user_id)
    select c.workspace_id, c.group_id, w.user_id
    from unnest(${written.map((one) => one.objectId)}::uuid[], ${written.map((one) => one.userId)}::uuid[]) w (object_id, user_id)
    join import_memberships m on m.run_id = ${lease.runId} and m.object_id = w.object_id
    join chosen c on c.ordinal = m.ordinal
    on conflict do nothing`.execute(tx)
}
