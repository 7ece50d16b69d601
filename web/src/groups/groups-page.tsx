import type { Group } from '@keyroster/api/groups.ts'
import { Anchor, EmptyState, Text } from '@mantine/core'
import { IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { formatCount } from '../format.ts'
import { ImportUsers } from '../imports/import-users.tsx'
import { paths } from '../paths.ts'
import { DirectoryText } from '../ui/directory-text.tsx'
import { ListSearch } from '../ui/list-filters.tsx'
import { useListParams } from '../ui/list-params.ts'
import { type Column, ListTable } from '../ui/list-table.tsx'
import { Page } from '../ui/page.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { groupsQuery, kindOf } from './groups.ts'

const columns: Column<Group>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: (group) => (
      <>
        <Anchor component={Link} to={paths.group(group.id)} size="sm" fw={500}>
          <DirectoryText clip>{group.displayName}</DirectoryText>
        </Anchor>
        {group.description && (
          <Text size="xs" c="dimmed" component="div">
            <DirectoryText clip>{group.description}</DirectoryText>
          </Text>
        )}
      </>
    ),
  },
  { id: 'kind', header: 'Kind', from: 'sm', width: '13rem', cell: kindOf },
  {
    id: 'users',
    header: 'Users here',
    width: '7rem',
    numeric: true,
    cell: ({ memberCount }) => formatCount(memberCount),
  },
  {
    id: 'imported',
    header: 'Last imported',
    from: 'sm',
    width: '9rem',
    cell: (group) => <RelativeTime at={group.lastImportedAt} />,
  },
]

/** The groups that imports brought in. */
export function GroupsPage() {
  const list = useListParams(['search'])
  const groups = useQuery(groupsQuery({ ...list.filters, cursor: list.cursor }))
  const { search } = list.filters
  return (
    <Page
      title="Groups"
      description="Groups of Entra ID that were chosen in an import, with the users of them that are here."
    >
      <ListTable
        label="Groups"
        noun="group"
        query={groups}
        columns={columns}
        rowKey={(group) => group.id}
        list={list}
        filterWords={search ? [`“${search}” in their name`] : []}
        firstUse={<NoGroupsYet />}
        toolbar={<ListSearch list={list} label="Search groups" placeholder="Name" />}
      />
    </Page>
  )
}

function NoGroupsYet() {
  return (
    <EmptyState py="xl" icon={<IconUsersGroup aria-hidden />}>
      <EmptyState.Title order={2}>No groups yet</EmptyState.Title>
      <EmptyState.Description>
        When you import users by group, the groups you choose appear here with their users.
      </EmptyState.Description>
      <EmptyState.Actions>
        <ImportUsers />
      </EmptyState.Actions>
    </EmptyState>
  )
}
