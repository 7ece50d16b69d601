import {
  admin,
  adminList,
  createdInvitation,
  type createInvitation,
  invitationList,
  type updateAdmin,
} from '@keyroster/api/admins.ts'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { request, requestNothing } from '../request.ts'
import { sessionKey } from '../session/session.ts'

const adminsKey = ['admins'] as const
const invitationsKey = ['invitations'] as const

/** Everybody who may sign in. */
export const adminsQuery = queryOptions({
  queryKey: adminsKey,
  queryFn: ({ signal }) => request(adminList, '/api/admins', { signal }),
})

export const invitationsQuery = queryOptions({
  queryKey: invitationsKey,
  queryFn: ({ signal }) => request(invitationList, '/api/invitations', { signal }),
})

/** Changes somebody; oneself too, so the session is asked again. */
export function useUpdateAdmin(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.input<typeof updateAdmin>) =>
      request(admin, `/api/admins/${encodeURIComponent(id)}`, { method: 'PATCH', body }),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: adminsKey }),
        client.invalidateQueries({ queryKey: sessionKey }),
      ]),
  })
}

export type Invite = z.input<typeof createInvitation>

export function useInvite() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Invite) => request(createdInvitation, '/api/invitations', { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: invitationsKey }),
  })
}

export function useTakeBack(id: string, onDone: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => requestNothing(`/api/invitations/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: invitationsKey }),
  })
}
