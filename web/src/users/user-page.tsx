import type { UserDetail } from '@keyroster/api/users.ts'
import { Anchor, Group, List, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { formatCounted } from '../format.ts'
import { paths } from '../paths.ts'
import { AllowedLink } from '../session/allowed-link.tsx'
import { useWhyNot } from '../session/may.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { DeedButton } from '../ui/deed-button.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import { Page } from '../ui/page.tsx'
import { ProblemAlert, problemOf } from '../ui/problem.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { UserAttributes } from './user-attributes.tsx'
import { DeleteUser, SuspendOrRestore } from './user-deeds.tsx'
import { UserStatus } from './user-status.tsx'
import { userQuery, whyNotEdit } from './users.ts'

/** One person: what is known and from where, their groups, and the imports that touched them. */
export function UserPage() {
  const { id = '' } = useParams()
  const user = useQuery(userQuery(id))
  if (problemOf(user.error)?.status === 404) return <NotFoundPage what="user" />
  if (!user.data) {
    return (
      <Page title="User" parent={<ToUsers />}>
        <ProblemAlert
          error={user.error}
          title="This user could not be loaded"
          onRetry={() => user.refetch()}
        />
        {user.isPending && <Skeleton h={320} />}
      </Page>
    )
  }
  return <LoadedUser user={user.data} key={user.data.id} />
}

function LoadedUser({ user }: { user: UserDetail }) {
  return (
    <Page
      title={user.displayName}
      heading={<DirectoryText>{user.displayName}</DirectoryText>}
      parent={<ToUsers />}
      description={
        <Group gap="xs">
          <UserStatus status={user.status} />
          {user.suspendedBy === 'import' && (
            <Text span>by an import, because the account is disabled in Entra ID</Text>
          )}
          {user.suspendedBy === 'admin' && <Text span>by an admin</Text>}
          <Text span>
            Added <RelativeTime at={user.createdAt} />
          </Text>
        </Group>
      }
      action={<UserActions user={user} />}
    >
      <section aria-labelledby="attributes">
        <Title order={2} id="attributes" mb="xs">
          Attributes
        </Title>
        <UserAttributes user={user} />
      </section>
      <section aria-labelledby="groups">
        <Title order={2} id="groups" mb="xs">
          Groups
        </Title>
        <UserGroups groups={user.groups} />
      </section>
      <section aria-labelledby="imports">
        <Title order={2} id="imports" mb="xs">
          Imports
        </Title>
        <UserImports imports={user.imports} />
      </section>
    </Page>
  )
}

function UserActions({ user }: { user: UserDetail }) {
  const refused = useWhyNot('users.edit')
  return (
    <>
      <DeleteUser user={user} />
      <SuspendOrRestore user={user} />
      <DeedButton to={paths.editUser(user.id)} unavailable={refused ?? whyNotEdit(user)}>
        Edit
      </DeedButton>
    </>
  )
}

function ToUsers() {
  return (
    <Anchor component={Link} to={paths.users()} size="sm">
      Users
    </Anchor>
  )
}

function UserGroups({ groups }: { groups: UserDetail['groups'] }) {
  if (groups.length === 0) return <Text c="dimmed">In no imported group.</Text>
  return (
    <List listStyleType="none" size="sm" spacing={4}>
      {groups.map((group) => (
        <List.Item key={group.id}>
          <Anchor component={Link} to={paths.group(group.id)} size="sm">
            <DirectoryText>{group.displayName}</DirectoryText>
          </Anchor>
        </List.Item>
      ))}
    </List>
  )
}

function UserImports({ imports }: { imports: UserDetail['imports'] }) {
  if (imports.length === 0) return <Text c="dimmed">No import has touched this person.</Text>
  return (
    <Stack component="ul" gap={4} m={0} p={0} style={{ listStyle: 'none' }}>
      {imports.map((run) => (
        <li key={run.id}>
          <AllowedLink action="imports.read" to={paths.import(run.id)}>
            {capitalized(run.outcome)}
          </AllowedLink>{' '}
          <Text span c="dimmed">
            {run.changes > 0 && `with ${formatCounted(run.changes, 'change')} `}
            <RelativeTime at={run.at} />
          </Text>
        </li>
      ))}
    </Stack>
  )
}

const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
