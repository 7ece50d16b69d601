import { notification, type notificationList } from '@keyroster/api/notifications.ts'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { Db } from '../db/schema.ts'
import type { SignedInAdmin } from '../http/types.ts'

type Reader = Pick<SignedInAdmin, 'id' | 'workspaceId'>

/** The newest fifty of an admin's notifications, and how many of all are unread. */
export async function listNotifications(
  db: Db,
  { id, workspaceId }: Reader,
): Promise<z.infer<typeof notificationList>> {
  const own = db
    .selectFrom('notifications')
    .where('workspace_id', '=', workspaceId)
    .where('admin_id', '=', id)
  const [rows, { unread }] = await Promise.all([
    own.selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(50).execute(),
    own
      .where('read_at', 'is', null)
      .select((query) => query.fn.countAll<number>().as('unread'))
      .executeTakeFirstOrThrow(),
  ])
  return {
    items: rows.map((row) => ({
      id: row.id,
      kind: notification.shape.kind.parse(row.kind),
      title: row.title,
      body: row.body,
      link: row.link,
      createdAt: row.created_at.toISOString(),
      readAt: row.read_at?.toISOString() ?? null,
    })),
    unread,
  }
}

/** Marks these of an admin's notifications as read, or all of them; another's stay as they are. */
export async function markNotificationsRead(
  db: Db,
  { id, workspaceId }: Reader,
  ids: string[] | undefined,
): Promise<void> {
  await sql`
    update notifications set read_at = now()
    where workspace_id = ${workspaceId} and admin_id = ${id} and read_at is null
      and (${ids === undefined} or id = any(${ids ?? []}::uuid[]))`.execute(db)
}
