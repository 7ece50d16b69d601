import type { GroupKind } from '@keyroster/api/connections.ts'
import { type Group, group, groupPage } from '@keyroster/api/groups.ts'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { request } from '../request.ts'

type GroupFilters = { search?: string | undefined; cursor?: string | undefined }

/** One page of imported groups; the page before stays until the next one is there. */
export const groupsQuery = (filters: GroupFilters) =>
  queryOptions({
    queryKey: ['groups', 'list', filters],
    queryFn: ({ signal }) => request(groupPage, '/api/groups', { query: filters, signal }),
    placeholderData: keepPreviousData,
  })

export const groupQuery = (id: string) =>
  queryOptions({
    queryKey: ['groups', 'one', id],
    queryFn: ({ signal }) => request(group, `/api/groups/${encodeURIComponent(id)}`, { signal }),
  })

const kindWords: Record<GroupKind, string> = {
  security: 'Security',
  microsoft365: 'Microsoft 365',
  distribution: 'Distribution list',
  'mail-security': 'Mail-enabled security',
}

/** “Security, dynamic” */
export const kindOf = ({ kind, dynamic }: Pick<Group, 'kind' | 'dynamic'>) =>
  dynamic ? `${kindWords[kind]}, dynamic` : kindWords[kind]
