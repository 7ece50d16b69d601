import type { Admin } from '@keyroster/api/admins.ts'
import { roleNames } from '@keyroster/api/roles.ts'
import { Anchor, Badge, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { formatCount } from '../format.ts'
import { paths } from '../paths.ts'
import { useWhyNot } from '../session/may.ts'
import { DeedButton } from '../ui/deed-button.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import type { Column } from '../ui/list-table.tsx'
import { Page } from '../ui/page.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Section } from '../ui/section.tsx'
import { ShortList } from '../ui/short-list.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'
import { Invitations } from './invitations.tsx'
import { adminsQuery } from './people.ts'

/** Who may sign in to the panel, as what, and who is invited. */
export function PeoplePage() {
  const admins = useQuery(adminsQuery)
  return (
    <Page
      title="People"
      description="Who may sign in to this panel. Users who only hold security keys are under Users."
      action={
        <DeedButton to={paths.invite()} unavailable={useWhyNot('admins.edit')}>
          Invite somebody
        </DeedButton>
      }
    >
      <ShortList
        label="People"
        query={admins}
        columns={columns}
        rowKey={({ id }) => id}
        failure="The people could not be loaded"
        empty={<Text c="dimmed">Nobody may sign in.</Text>}
      />
      <Section title="Open invitations" description="Links that nobody has followed yet.">
        <Invitations />
      </Section>
    </Page>
  )
}

const columns: Column<Admin>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: (admin) => (
      <>
        <Anchor component={Link} to={paths.person(admin.id)} size="sm" fw={500}>
          <DirectoryText clip>{admin.name}</DirectoryText>
        </Anchor>{' '}
        {admin.self && <Badge component="span">You</Badge>}
        {admin.disabledAt && <StatusBadge tone="quiet">Disabled</StatusBadge>}
        {admin.email && (
          <Text size="xs" c="dimmed" component="div" hiddenFrom="sm">
            <DirectoryText clip>{admin.email}</DirectoryText>
          </Text>
        )}
      </>
    ),
  },
  {
    id: 'email',
    header: 'Email',
    from: 'sm',
    cell: ({ email }) => (email ? <DirectoryText clip>{email}</DirectoryText> : 'Not set'),
  },
  { id: 'role', header: 'Role', width: '8rem', cell: ({ role }) => roleNames[role] },
  {
    id: 'passkeys',
    header: 'Passkeys',
    width: '6rem',
    numeric: true,
    from: 'sm',
    cell: ({ passkeys }) => formatCount(passkeys),
  },
  {
    id: 'seen',
    header: 'Last seen',
    width: '9rem',
    from: 'xs',
    cell: ({ lastSeenAt }) => (lastSeenAt ? <RelativeTime at={lastSeenAt} /> : 'Never'),
  },
]
