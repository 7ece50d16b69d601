import { markRead, notificationList } from '@keyroster/api/notifications.ts'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { listNotifications, markNotificationsRead } from './read-notifications.ts'

const tags = ['Notifications']

/** What waits to be read by the admin who is signed in. */
export async function notificationRoutes(app: App, { database: { db } }: Panel): Promise<void> {
  app.get(
    '/api/notifications',
    {
      config: { action: 'own' },
      schema: { tags, summary: 'List your notifications', response: { 200: notificationList } },
    },
    async (request) => listNotifications(db, request.admin),
  )
  app.post(
    '/api/notifications/read',
    {
      config: { action: 'own' },
      schema: {
        tags,
        summary: 'Mark your notifications as read',
        body: markRead,
        response: { 200: notificationList },
      },
    },
    async (request) => {
      await markNotificationsRead(db, request.admin, request.body.ids)
      return listNotifications(db, request.admin)
    },
  )
}
