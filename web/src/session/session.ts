import { type Session, session } from '@keyroster/api/session.ts'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { RequestError, request, requestNothing } from '../request.ts'

export const sessionKey = ['session'] as const

/** Who is signed in; null where nobody is. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await request(session, '/api/session', { signal })
    } catch (error) {
      if (error instanceof RequestError && error.problem.code === 'not_signed_in') return null
      throw error
    }
  },
  staleTime: 60_000,
})

export const useSession = () => useQuery(sessionQuery)

/** Milliseconds without a key or a pointer after which the panel stops asking by itself, so that an empty chair signs out. */
export const idleAfter = 10 * 60_000

/** Ends the session here and on the server. */
export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => requestNothing('/api/session', { method: 'DELETE' }),
    onSuccess: () => {
      client.setQueryData(sessionKey, null)
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] })
    },
  })
}
