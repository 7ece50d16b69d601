import { useMutation, useQueryClient } from '@tanstack/react-query'
import { sessionQuery } from './session.ts'
import { askStepUp, StepUpDeclined } from './step-up.ts'

/** Enough of a touch must be left for the request to arrive. */
const margin = 10_000

/** Downloads a file of the API that carries people out of the panel: the touch comes first, because a download cannot ask for it. */
export function useDownload() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (href: string) => {
      const session = await client.fetchQuery({ ...sessionQuery, staleTime: 0 })
      const until = session?.steppedUpUntil ?? null
      const fresh = until !== null && Date.parse(until) - margin > Date.now()
      if (fresh || (await isTouched())) window.location.assign(href)
    },
  })
}

async function isTouched(): Promise<boolean> {
  try {
    await askStepUp()
    return true
  } catch (error) {
    if (error instanceof StepUpDeclined) return false
    throw error
  }
}
