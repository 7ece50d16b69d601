import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { RequestError } from './request.ts'
import { sessionKey } from './session/session.ts'

/** One cache of what the server said; an ended session anywhere leads to the sign-in page. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignOut }),
  mutationCache: new MutationCache({ onError: noticeSignOut }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && error instanceof RequestError && isPassing(error.problem.status),
    },
  },
})

const isPassing = (status: number) => status === 0 || status >= 502

function noticeSignOut(error: Error) {
  if (error instanceof RequestError && error.problem.code === 'not_signed_in') {
    // Asked rather than concluded: a request may have left with the cookie that a touch of the passkey renewed meanwhile.
    queryClient.invalidateQueries({ queryKey: sessionKey })
  }
}
