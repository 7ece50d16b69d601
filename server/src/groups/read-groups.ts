import { type Group, group, type groupQuery } from '@keyroster/api/groups.ts'
import type { Page } from '@keyroster/api/page.ts'
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { z } from 'zod'
import type { Db, Schema } from '../db/schema.ts'
import { cutPage, decodeCursor } from '../http/cursor.ts'
import { notFound } from '../problem.ts'
import { containing } from '../users/containing.ts'

type Row = Selectable<Schema['groups']> & { member_count: number }

const columns = sql`
  g.*, (select count(*) from group_members m where m.workspace_id = g.workspace_id and m.group_id = g.id) as member_count`

const cursorKeys = z.tuple([z.string(), z.uuid()])

/** One page of a workspace's groups by name, each with how many of its people the workspace holds. */
export async function listGroups(
  db: Db,
  workspaceId: string,
  query: z.infer<typeof groupQuery>,
): Promise<Page<Group>> {
  const cursor = decodeCursor(cursorKeys, query.cursor)
  const where = sql`g.workspace_id = ${workspaceId} and ${containing(sql`g.name_folded`, query.search)}`
  const range: RawBuilder<unknown> =
    cursor === null ? sql`true` : sql`(g.name_folded, g.id) > (${cursor[0]}, ${cursor[1]}::uuid)`
  const [rows, count] = await Promise.all([
    sql<Row>`
      select ${columns} from groups g where ${where} and ${range}
      order by g.name_folded, g.id limit ${query.limit + 1}`.execute(db),
    sql<{ total: number }>`select count(*) as total from groups g where ${where}`.execute(db),
  ])
  const { shown, next } = cutPage(rows.rows, query.limit, (row) => [row.name_folded, row.id])
  return { items: shown.map(asGroup), total: count.rows[0]!.total, next }
}

/** Throws not_found where there is none in this workspace. */
export async function readGroup(db: Db, workspaceId: string, id: string): Promise<Group> {
  const found = await sql<Row>`
    select ${columns} from groups g where g.workspace_id = ${workspaceId} and g.id = ${id}`.execute(db)
  const row = found.rows[0]
  if (row === undefined) throw notFound('group')
  return asGroup(row)
}

function asGroup(row: Row): Group {
  return {
    id: row.id,
    displayName: row.display_name,
    description: row.description,
    mail: row.mail,
    kind: group.shape.kind.parse(row.kind),
    dynamic: row.dynamic,
    connectionId: row.connection_id,
    objectId: row.object_id,
    memberCount: row.member_count,
    lastImportedAt: row.last_imported_at.toISOString(),
  }
}
