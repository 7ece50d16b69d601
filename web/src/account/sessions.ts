import { type SignedInSession, sessionList } from '@keyroster/api/admins.ts'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { request, requestNothing } from '../request.ts'

const sessionsKey = ['sessions'] as const

/** Where one is signed in oneself. */
export const ownSessions = '/api/sessions'

/** Where somebody is signed in. */
export const sessionsOf = (adminId: string) => `/api/admins/${encodeURIComponent(adminId)}/sessions`

/** The sessions at `url`: one's own or those of somebody. */
export const sessionsQuery = (url: string) =>
  queryOptions({
    queryKey: [...sessionsKey, url],
    queryFn: ({ signal }) => request(sessionList, url, { signal }),
  })

/** Ends one session of those at `url`; without an id all but the one that asks. */
export function useEndSession(url: string, onEnded: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id?: string) =>
      requestNothing(id === undefined ? url : `${url}/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: onEnded,
    onSettled: () => client.invalidateQueries({ queryKey: sessionsKey }),
  })
}

export const wayWords: Record<SignedInSession['way'], string> = {
  link: 'Sign-in link',
  passkey: 'Passkey',
  invitation: 'Invitation',
  microsoft: 'Microsoft',
}
