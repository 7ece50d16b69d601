import { attributeNames } from '@keyroster/api/attributes.ts'
import type { UserDetail } from '@keyroster/api/users.ts'
import { type Selectable, sql } from 'kysely'
import type { Db, Schema } from '../db/schema.ts'
import { notFound } from '../problem.ts'
import { columnOf } from './attributes.ts'
import { asUser } from './list-users.ts'

export type UserRow = Selectable<Schema['users']>

/** A user with where each attribute came from, their groups, and the imports that touched them. Throws not_found. */
export async function readUser(db: Db, workspaceId: string, id: string): Promise<UserDetail> {
  const row = await findUser(db, workspaceId, id)
  const [groups, imports] = await Promise.all([groupsOf(db, row), importsOf(db, row)])
  return { ...describe(row), groups, imports }
}

/** The row itself. Throws not_found where there is none in this workspace. */
export async function findUser(db: Db, workspaceId: string, id: string): Promise<UserRow> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) throw notFound('user')
  return row
}

function describe(row: UserRow): Omit<UserDetail, 'groups' | 'imports'> {
  const manual = row.source === 'manual'
  return {
    ...asUser(row),
    attributes: attributeNames.map((name) => ({
      name,
      value: row[columnOf[name]],
      origin: manual || row.manual_attributes.includes(name) ? 'manual' : 'entra',
    })),
    suspendedBy: row.suspended_by,
    directory:
      row.tenant_id && row.object_id && row.linked_at
        ? {
            connectionId: row.connection_id,
            tenantId: row.tenant_id,
            objectId: row.object_id,
            linkedAt: row.linked_at.toISOString(),
          }
        : null,
  }
}

async function groupsOf(db: Db, { workspace_id, id }: UserRow): Promise<UserDetail['groups']> {
  return db
    .selectFrom('group_members as m')
    .innerJoin('groups as g', 'g.id', 'm.group_id')
    .select(['g.id', 'g.display_name as displayName'])
    .where('m.workspace_id', '=', workspace_id)
    .where('m.user_id', '=', id)
    .orderBy('g.name_folded')
    .orderBy('g.id')
    .execute()
}

/** Runs that found this person as they already were, or left them out, did not touch them. */
async function importsOf(db: Db, { workspace_id, id, object_id }: UserRow): Promise<UserDetail['imports']> {
  if (object_id === null) return []
  const found = await sql<{ id: string; at: Date; outcome: string; changes: number }>`
    select r.id, coalesce(r.finished_at, r.confirmed_at, r.created_at) as at, e.outcome,
      case jsonb_typeof(e.changes) when 'array' then jsonb_array_length(e.changes) else 0 end as changes
    from import_entries e join import_runs r on r.id = e.run_id
    where e.workspace_id = ${workspace_id} and e.object_id = ${object_id} and e.user_id = ${id}
      and e.outcome is not null and e.outcome not in ('unchanged', 'skipped')
    order by r.created_at desc, r.id limit 50`.execute(db)
  return found.rows.map((row) => ({ ...row, at: row.at.toISOString() }))
}
