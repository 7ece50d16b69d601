import {
  type confirm,
  type Decide,
  entryPage,
  type entryQuery,
  type ImportRun,
  importPage,
  importRun,
  type StartImport,
  samples,
} from '@keyroster/api/imports.ts'
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import { request } from '../request.ts'
import { isFinished, isMoving } from './progress.ts'

const url = (id: string) => `/api/imports/${encodeURIComponent(id)}`
const key = (id: string) => ['imports', id]

export const downloadUrl = (id: string, kind: 'plan' | 'report', format: 'csv' | 'jsonl'): string =>
  `${url(id)}/${kind}.${format}`

export const importsQuery = (cursor: string | undefined) =>
  queryOptions({
    queryKey: ['imports', 'list', cursor],
    queryFn: ({ signal }) => request(importPage, '/api/imports', { query: { cursor }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.items.some(isMoving) ? 3_000 : false),
  })

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: key(id),
    queryFn: ({ signal }) => request(importRun, url(id), { signal }),
  })

/** Which entries to show; strings as they stand in the address, judged by the server. */
export type EntryFilter = Partial<Record<Exclude<keyof z.input<typeof entryQuery>, 'limit'>, string>> & {
  limit?: number
}

/** The entries of a run; asked again whenever the run has another plan or has come further. */
export const entriesQuery = (run: ImportRun, filter: EntryFilter) =>
  queryOptions({
    queryKey: [...key(run.id), 'entries', run.state, run.fingerprint, filter],
    queryFn: ({ signal }) => request(entryPage, `${url(run.id)}/entries`, { query: filter, signal }),
    placeholderData: keepPreviousData,
  })

export const samplesQuery = (run: ImportRun) =>
  queryOptions({
    queryKey: [...key(run.id), 'samples', run.fingerprint],
    queryFn: ({ signal }) => request(samples, `${url(run.id)}/samples`, { signal }),
  })

/**
 * One run, kept up to date while it moves: the server pushes every change; where the stream breaks, the run is asked for
 * every two seconds until the stream is back.
 */
export function useRun(id: string) {
  const client = useQueryClient()
  const [streaming, setStreaming] = useState(false)
  const run = useQuery({
    ...importQuery(id),
    refetchInterval: (query) =>
      query.state.data && isMoving(query.state.data) && !streaming ? 2_000 : false,
  })
  const moving = run.data !== undefined && isMoving(run.data)

  useEffect(() => {
    if (!moving) return
    const stream = new EventSource(`${url(id)}/events`)
    stream.onopen = () => setStreaming(true)
    stream.onerror = () => setStreaming(false)
    stream.onmessage = (event: MessageEvent<string>) => {
      const pushed = importRun.safeParse(JSON.parse(event.data))
      if (pushed.success) client.setQueryData(importQuery(id).queryKey, pushed.data)
    }
    return () => {
      stream.close()
      setStreaming(false)
    }
  }, [client, id, moving])

  return run
}

/** A change of one run that answers with the run as it is then. */
function useRunChange<Input = void>(change: (input: Input) => Promise<ImportRun>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: (run) => {
      client.setQueryData(importQuery(run.id).queryKey, run)
      return client.invalidateQueries({ queryKey: ['imports', 'list'] })
    },
    // A refused change tells that the run is not what this page shows, for example planned again.
    onError: () => client.invalidateQueries({ queryKey: ['imports'] }),
  })
}

export const startRun = (body: StartImport) => request(importRun, '/api/imports', { method: 'POST', body })

const cancelRun = (id: string) => request(importRun, `${url(id)}/cancel`, { method: 'POST', body: {} })

/** Cancels a run and waits until nothing works on it any more, so that another may start. */
export async function cancelWholly(id: string): Promise<void> {
  let run = await cancelRun(id)
  while (!isFinished(run)) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    run = await request(importRun, url(id))
  }
}

export const useStartImport = () => useRunChange(startRun)

export const useCancelImport = (id: string) => useRunChange(() => cancelRun(id))

export const useConfirmImport = (id: string) =>
  useRunChange((body: z.input<typeof confirm>) =>
    request(importRun, `${url(id)}/confirm`, { method: 'POST', body }),
  )

export const useDecide = (id: string) => {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Decide) => request(importRun, `${url(id)}/decisions`, { method: 'POST', body }),
    onSuccess: (run) => {
      client.setQueryData(importQuery(id).queryKey, run)
      return client.invalidateQueries({ queryKey: [...key(id), 'entries'] })
    },
  })
}
