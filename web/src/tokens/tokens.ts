import type { tokenScopes } from '@keyroster/api/roles.ts'
import { apiTokenList, createdToken, type createToken } from '@keyroster/api/tokens.ts'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { request, requestNothing } from '../request.ts'

const tokensKey = ['tokens'] as const

export const tokensQuery = queryOptions({
  queryKey: tokensKey,
  queryFn: ({ signal }) => request(apiTokenList, '/api/tokens', { signal }),
})

export function useCreateToken() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.input<typeof createToken>) =>
      request(createdToken, '/api/tokens', { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensKey }),
  })
}

export function useRevokeToken(id: string, onRevoked: () => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => requestNothing(`/api/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: onRevoked,
    onSettled: () => client.invalidateQueries({ queryKey: tokensKey }),
  })
}

export type Scope = (typeof tokenScopes)[number]

/** What a token may be made for, by what it is about. */
export const scopeGroups: { title: string; scopes: Scope[] }[] = [
  { title: 'Users', scopes: ['users.read', 'users.edit', 'users.export'] },
  { title: 'Groups', scopes: ['groups.read'] },
  { title: 'Imports', scopes: ['imports.read', 'imports.run'] },
  { title: 'Connections', scopes: ['connections.read', 'connections.edit'] },
  { title: 'Audit', scopes: ['audit.read', 'audit.export'] },
]

export const scopeWords: Record<Scope, string> = {
  'users.read': 'Read users',
  'users.edit': 'Add, change and delete users',
  'users.export': 'Download the people of an import',
  'groups.read': 'Read groups',
  'imports.read': 'Read imports',
  'imports.run': 'Start, confirm and cancel imports',
  'connections.read': 'Read connections',
  'connections.edit': 'Add, change and delete connections',
  'audit.read': 'Read the audit log',
  'audit.export': 'Download the audit log',
}
