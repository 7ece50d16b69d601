import type { Group } from '@keyroster/api/groups.ts'
import { Anchor, EmptyState, Group as Row, Skeleton, Text, Title } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { paths } from '../paths.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import { ListSearch } from '../ui/list-filters.tsx'
import { useListParams } from '../ui/list-params.ts'
import { ListTable } from '../ui/list-table.tsx'
import { Page } from '../ui/page.tsx'
import { ProblemAlert, problemOf } from '../ui/problem.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { userColumns } from '../users/user-columns.tsx'
import { usersQuery } from '../users/users.ts'
import { groupQuery, kindOf } from './groups.ts'

/** One imported group and its users. */
export function GroupPage() {
  const { id = '' } = useParams()
  const group = useQuery(groupQuery(id))
  if (problemOf(group.error)?.status === 404) return <NotFoundPage what="group" />
  if (group.data) return <LoadedGroup group={group.data} />
  return (
    <Page title="Group" parent={<ToGroups />}>
      <ProblemAlert
        error={group.error}
        title="This group could not be loaded"
        onRetry={() => group.refetch()}
      />
      {group.isPending && <Skeleton h={320} />}
    </Page>
  )
}

function LoadedGroup({ group }: { group: Group }) {
  return (
    <Page
      title={group.displayName}
      heading={<DirectoryText>{group.displayName}</DirectoryText>}
      parent={<ToGroups />}
      description={
        <>
          {group.description && (
            <Text c="dimmed" component="div">
              <DirectoryText>{group.description}</DirectoryText>
            </Text>
          )}
          <Row gap="0 var(--mantine-spacing-md)">
            <span>{kindOf(group)}</span>
            {group.mail && <DirectoryText>{group.mail}</DirectoryText>}
            <span>
              Last imported <RelativeTime at={group.lastImportedAt} />
            </span>
          </Row>
        </>
      }
    >
      <section aria-labelledby="users">
        <Title order={2} id="users" mb="xs">
          Users
        </Title>
        <GroupUsers id={group.id} />
      </section>
    </Page>
  )
}

function GroupUsers({ id }: { id: string }) {
  const list = useListParams(['search'])
  const users = useQuery(usersQuery({ ...list.filters, group: id, sort: list.sort, cursor: list.cursor }))
  const { search } = list.filters
  return (
    <ListTable
      label="Users"
      noun="user"
      query={users}
      columns={userColumns}
      rowKey={(user) => user.id}
      list={list}
      defaultSort="name"
      filterWords={search ? [`“${search}” in their name, email or user name`] : []}
      firstUse={
        <EmptyState
          py="xl"
          icon={<IconUsers aria-hidden />}
          title="No users of this group are here"
          description="The group is empty in Entra ID, or its people were left out of the import."
        />
      }
      toolbar={<ListSearch list={list} label="Search users" placeholder="Name, email or user name" />}
    />
  )
}

function ToGroups() {
  return (
    <Anchor component={Link} to={paths.groups()} size="sm">
      Groups
    </Anchor>
  )
}
