import { type Session, session } from '@keyroster/api/session.ts'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { RequestError, request } from '../request.ts'

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
