import { z } from 'zod'

export const notification = z.object({
  id: z.uuid(),
  kind: z.enum([
    'import-completed',
    'import-problems',
    'import-failed',
    'import-cancelled',
    'import-ready',
    'connection-needs-attention',
  ]),
  title: z.string(),
  body: z.string(),
  /** Path of the panel that it leads to. */
  link: z.string(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
})
export type Notification = z.infer<typeof notification>

/** GET /api/notifications — newest first, fifty at most, with the count of unread ones. */
export const notificationList = z.object({ items: z.array(notification), unread: z.number().int() })

/** POST /api/notifications/read — no ids: all; answers the list as it is then. */
export const markRead = z.strictObject({ ids: z.array(z.uuid()).max(200).optional() })
