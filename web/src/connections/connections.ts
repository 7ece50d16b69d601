import {
  type CreateConnection,
  checkResult,
  connection,
  connectionSetup,
  directoryCounts,
  directoryGroups,
  grantAnswer,
  type updateConnection,
} from '@keyroster/api/connections.ts'
import { pageOf } from '@keyroster/api/page.ts'
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { request, requestNothing } from '../request.ts'

const connectionPage = pageOf(connection)

const url = (id: string) => `/api/connections/${encodeURIComponent(id)}`

export const connectionsQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ['connections', 'list', cursor],
    queryFn: ({ signal }) => request(connectionPage, '/api/connections', { query: { cursor }, signal }),
    placeholderData: keepPreviousData,
  })

export const connectionQuery = (id: string) =>
  queryOptions({
    queryKey: ['connections', id],
    queryFn: ({ signal }) => request(connection, url(id), { signal }),
  })

export const setupQuery = queryOptions({
  queryKey: ['connections', 'setup'],
  queryFn: ({ signal }) => request(connectionSetup, '/api/connections/setup', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** How many people and groups the whole tenant has. */
export const countsQuery = (id: string) =>
  queryOptions({
    queryKey: ['connections', id, 'counts'],
    queryFn: ({ signal }) => request(directoryCounts, `${url(id)}/counts`, { signal }),
    staleTime: 60_000,
  })

/** The first groups of the tenant that match, asked of Microsoft. */
export const groupsQuery = (id: string, search: string) =>
  queryOptions({
    queryKey: ['connections', id, 'groups', search],
    queryFn: ({ signal }) => request(directoryGroups, `${url(id)}/groups`, { query: { search }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

/** Where the public part of a connection's certificate is downloaded. */
export const certificateUrl = (id: string): string => `${url(id)}/certificate`

/** A change of connections, after which everything shown about them is asked again. */
function useChange<Answer, Input = void>(change: (input: Input) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: ['connections'] }),
  })
}

export const useCreateConnection = () =>
  useChange((body: CreateConnection) => request(connection, '/api/connections', { method: 'POST', body }))

export const useUpdateConnection = (id: string) =>
  useChange((body: z.input<typeof updateConnection>) =>
    request(connection, url(id), { method: 'PATCH', body }),
  )

export const useDeleteConnection = (id: string) =>
  useChange(() => requestNothing(url(id), { method: 'DELETE' }))

export const useCheckConnection = (id: string) =>
  useChange(() => request(checkResult, `${url(id)}/check`, { method: 'POST', body: {} }))

/** Asks where at Microsoft the admin grants access; the panel is left for it. */
export const useGrantAccess = (id: string) =>
  useMutation({
    mutationFn: async (returnTo: string) =>
      request(grantAnswer, `${url(id)}/grant`, { method: 'POST', body: { returnTo } }),
    onSuccess: (answer) => window.location.assign(answer.url),
  })
