import { notificationList } from '@keyroster/api/notifications.ts'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { request } from '../request.ts'

export const notificationsKey = ['notifications'] as const

/** The newest fifty, and how many are unread. */
export const notificationsQuery = queryOptions({
  queryKey: notificationsKey,
  queryFn: ({ signal }) => request(notificationList, '/api/notifications', { signal }),
})

/** Marks the given notifications as read, or all of them. */
export function useMarkRead() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (ids?: string[]) =>
      request(notificationList, '/api/notifications/read', { method: 'POST', body: { ids } }),
    onSuccess: (list) => client.setQueryData(notificationsKey, list),
  })
}
