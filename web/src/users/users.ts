import {
  type CreateUser,
  type UpdateUser,
  type User,
  type UserDetail,
  userDetail,
  userPage,
} from '@keyroster/api/users.ts'
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { request, requestNothing } from '../request.ts'

const usersKey = ['users'] as const
const urlOf = (id: string) => `/api/users/${encodeURIComponent(id)}`

type UserFilters = {
  search?: string | undefined
  status?: string | undefined
  source?: string | undefined
  group?: string | undefined
  sort?: string | undefined
  cursor?: string | undefined
}

/** One page of users; the page before stays until the next one is there. */
export const usersQuery = (filters: UserFilters) =>
  queryOptions({
    queryKey: [...usersKey, 'list', filters],
    queryFn: ({ signal }) => request(userPage, '/api/users', { query: filters, signal }),
    placeholderData: keepPreviousData,
  })

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: [...usersKey, 'one', id],
    queryFn: ({ signal }) => request(userDetail, urlOf(id), { signal }),
  })

export function useCreateUser() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (user: CreateUser) => request(userDetail, '/api/users', { method: 'POST', body: user }),
    onSuccess: (user) => keep(client, user),
  })
}

export function useUpdateUser(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: UpdateUser) => request(userDetail, urlOf(id), { method: 'PATCH', body: change }),
    onSuccess: (user) => keep(client, user),
  })
}

export function useDeleteUser(id: string, onDeleted: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => requestNothing(urlOf(id), { method: 'DELETE' }),
    onSuccess: async () => {
      onDeleted()
      client.removeQueries({ queryKey: userQuery(id).queryKey })
      await client.invalidateQueries({ queryKey: [...usersKey, 'list'] })
    },
  })
}

async function keep(client: ReturnType<typeof useQueryClient>, user: UserDetail) {
  client.setQueryData(userQuery(user.id).queryKey, user)
  await client.invalidateQueries({ queryKey: [...usersKey, 'list'] })
}

export const statusWords: Record<User['status'], string> = { active: 'Active', suspended: 'Suspended' }
export const sourceWords: Record<User['source'], string> = { manual: 'By hand', entra: 'Entra ID' }

/** Whether a connection that still exists brings this person, and would bring them again. */
export const isManaged = ({ directory }: UserDetail) => directory !== null && directory.connectionId !== null

/** Why this person cannot be deleted here; null where they can. */
export const whyNotDelete = (user: UserDetail) =>
  isManaged(user)
    ? 'This person comes from Entra ID, and the next import would bring them back. Suspend them instead.'
    : null

/** Why nothing of this person can be edited here; null where something can. */
export const whyNotEdit = (user: UserDetail) =>
  isManaged(user) && user.attributes.every(({ origin }) => origin === 'entra')
    ? 'Everything about this person comes from Entra ID. Change it there, then import again.'
    : null
