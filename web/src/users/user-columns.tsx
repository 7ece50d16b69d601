import type { User } from '@keyroster/api/users.ts'
import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'
import { paths } from '../paths.ts'
import { DirectoryText } from '../ui/directory-text.tsx'
import type { Column } from '../ui/list-table.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { UserStatus } from './user-status.tsx'
import { sourceWords } from './users.ts'

/** The columns of every table of users. */
export const userColumns: Column<User>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'name',
    cell: (user) => (
      <>
        <Anchor component={Link} to={paths.user(user.id)} size="sm" fw={500}>
          <DirectoryText clip>{user.displayName}</DirectoryText>
        </Anchor>
        {user.email && (
          <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
            <DirectoryText clip>{user.email}</DirectoryText>
          </Text>
        )}
      </>
    ),
  },
  {
    id: 'email',
    header: 'Email',
    sort: 'email',
    from: 'sm',
    cell: (user) => (user.email ? <DirectoryText clip>{user.email}</DirectoryText> : <NotSet />),
  },
  {
    id: 'department',
    header: 'Department',
    from: 'lg',
    width: '8rem',
    cell: (user) => (user.department ? <DirectoryText clip>{user.department}</DirectoryText> : <NotSet />),
  },
  {
    id: 'status',
    header: 'Status',
    width: '8rem',
    cell: (user) => <UserStatus status={user.status} />,
  },
  {
    id: 'source',
    header: 'Source',
    from: 'md',
    width: '6.5rem',
    cell: (user) => sourceWords[user.source],
  },
  {
    id: 'created',
    header: 'Added',
    sort: 'created',
    from: 'md',
    width: '8rem',
    cell: (user) => <RelativeTime at={user.createdAt} />,
  },
]

/** Says that there is nothing, where a dash would say it to the eye alone. */
export function NotSet() {
  return (
    <Text span c="dimmed">
      Not set
    </Text>
  )
}
