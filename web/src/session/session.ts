import { type Session, session } from '@keyroster/api/session.ts'
import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
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

/** Keeps who is signed in now; a question that is on its way would be answered as it was before, so it is given up. */
export async function keepSession(client: QueryClient, now: Session | null): Promise<void> {
  await client.cancelQueries({ queryKey: sessionKey })
  client.setQueryData(sessionKey, now)
}

export const useSession = () => useQuery(sessionQuery)

/** Milliseconds without a key or a pointer after which the panel stops asking by itself, so that an empty chair signs out. */
export const idleAfter = 10 * 60_000

/** Ends the session here and on the server. */
export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => requestNothing('/api/session', { method: 'DELETE' }),
    onSuccess: async () => {
      await keepSession(client, null)
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] })
    },
  })
}
