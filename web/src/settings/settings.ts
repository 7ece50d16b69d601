import { signInSettings } from '@keyroster/api/admins.ts'
import { auditRetention } from '@keyroster/api/audit.ts'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { request } from '../request.ts'
import { waysQuery } from '../session/microsoft.ts'

export const signInQuery = queryOptions({
  queryKey: ['settings', 'sign-in'],
  queryFn: ({ signal }) => request(signInSettings, '/api/settings/sign-in', { signal }),
})

export const retentionQuery = queryOptions({
  queryKey: ['settings', 'retention'],
  queryFn: ({ signal }) => request(auditRetention, '/api/audit/retention', { signal }),
})

export function useSaveSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.infer<typeof signInSettings>) =>
      request(signInSettings, '/api/settings/sign-in', { method: 'PUT', body }),
    onSuccess: (saved) => {
      client.setQueryData(signInQuery.queryKey, saved)
      return client.invalidateQueries({ queryKey: waysQuery.queryKey })
    },
  })
}

export function useSaveRetention() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.infer<typeof auditRetention>) =>
      request(auditRetention, '/api/audit/retention', { method: 'PUT', body }),
    onSuccess: (saved) => client.setQueryData(retentionQuery.queryKey, saved),
  })
}
