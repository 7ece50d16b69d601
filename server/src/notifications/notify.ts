import type { notification } from '@keyroster/api/notifications.ts'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { Db } from '../db/schema.ts'

export interface Notice {
  workspaceId: string
  /** For whom; null for every admin of the workspace. */
  adminId: string | null
  kind: z.infer<typeof notification>['kind']
  title: string
  body: string
  /** Path of the panel that it leads to, such as `/imports/…`. */
  link: string
}

/** Leaves a notification that stays until read. An admin who is gone by now gets none. */
export async function notify(tx: Db, notice: Notice): Promise<void> {
  await sql`
    insert into notifications (workspace_id, admin_id, kind, title, body, link)
    select workspace_id, id, ${notice.kind}, ${notice.title}, ${notice.body}, ${notice.link}
    from admins
    where workspace_id = ${notice.workspaceId} and (${notice.adminId}::uuid is null or id = ${notice.adminId}::uuid)
  `.execute(tx)
}
