import type { ProblemCode } from '@keyroster/api/problem.ts'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { RequestError } from './request.ts'
import { sessionKey } from './session/session.ts'

/** One cache of what the server said; an ended session anywhere leads to the sign-in page, and another role shows at once. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSession }),
  mutationCache: new MutationCache({ onError: noticeSession }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && error instanceof RequestError && isPassing(error.problem.status),
    },
  },
})

const isPassing = (status: number) => status === 0 || status >= 502

const aboutSession = new Set<ProblemCode>(['not_signed_in', 'not_allowed'])

function noticeSession(error: Error) {
  if (error instanceof RequestError && aboutSession.has(error.problem.code)) {
    // Asked rather than concluded: a request may have left with the cookie that a touch of the passkey renewed meanwhile.
    queryClient.invalidateQueries({ queryKey: sessionKey })
  }
}
