import { EmptyState } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { GroupFilter } from '../groups/group-filter.tsx'
import { groupQuery } from '../groups/groups.ts'
import { ImportUsers } from '../imports/import-users.tsx'
import { paths } from '../paths.ts'
import { useWhyNot } from '../session/may.ts'
import { DeedButton } from '../ui/deed-button.tsx'
import { ListFilter, ListSearch } from '../ui/list-filters.tsx'
import { useListParams } from '../ui/list-params.ts'
import { ListTable } from '../ui/list-table.tsx'
import { Page } from '../ui/page.tsx'
import { userColumns } from './user-columns.tsx'
import { sourceWords, statusWords, usersQuery } from './users.ts'

/** Everybody of the workspace, searched, filtered, sorted and paged by the server. */
export function UsersPage() {
  const list = useListParams(['search', 'status', 'source', 'group'])
  const users = useQuery(usersQuery({ ...list.filters, sort: list.sort, cursor: list.cursor }))
  const nobodyYet = users.data?.total === 0 && !list.filtered
  return (
    <Page
      title="Users"
      action={
        <>
          <DeedButton variant="default" to={paths.newUser()} unavailable={useWhyNot('users.edit')}>
            New user
          </DeedButton>
          {!nobodyYet && <ImportUsers />}
        </>
      }
    >
      <ListTable
        label="Users"
        noun="user"
        query={users}
        columns={userColumns}
        rowKey={(user) => user.id}
        list={list}
        defaultSort="name"
        filterWords={useFilterWords(list.filters)}
        firstUse={<NoUsersYet />}
        toolbar={
          <>
            <ListSearch list={list} label="Search users" placeholder="Name, email or user name" />
            <ListFilter
              list={list}
              name="status"
              label="Status"
              any="Any status"
              options={optionsOf(statusWords)}
            />
            <ListFilter
              list={list}
              name="source"
              label="Source"
              any="Any source"
              options={optionsOf(sourceWords)}
            />
            <GroupFilter value={list.filters.group} onChange={(group) => list.setFilter('group', group)} />
          </>
        }
      />
    </Page>
  )
}

const optionsOf = (words: Record<string, string>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }))

function useFilterWords({ search, status, source, group }: Partial<Record<string, string>>) {
  const chosen = useQuery({ ...groupQuery(group ?? ''), enabled: group !== undefined })
  return [
    search ? `“${search}” in their name, email or user name` : [],
    status ? `the status ${wordOf(statusWords, status).toLowerCase()}` : [],
    source ? `the source ${wordOf(sourceWords, source)}` : [],
    group ? `the group \u2068${chosen.data?.displayName ?? 'chosen'}\u2069` : [],
  ].flat()
}

const wordOf = (words: Record<string, string>, value: string) => words[value] ?? value

function NoUsersYet() {
  return (
    <EmptyState py="xl" icon={<IconUsers aria-hidden />}>
      <EmptyState.Title order={2}>No users yet</EmptyState.Title>
      <EmptyState.Description>
        Users are the people who hold security keys. Bring them in from Microsoft Entra ID: you see what will
        change before anything is written.
      </EmptyState.Description>
      <EmptyState.Actions>
        <ImportUsers />
      </EmptyState.Actions>
    </EmptyState>
  )
}
