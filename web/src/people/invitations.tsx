import type { Invitation } from '@keyroster/api/admins.ts'
import { roleNames } from '@keyroster/api/roles.ts'
import { Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useWhyNot } from '../session/may.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { DeedButton } from '../ui/deed-button.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import type { Column } from '../ui/list-table.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { ShortList } from '../ui/short-list.tsx'
import { invitationsQuery, useTakeBack } from './people.ts'

/** Links that were handed out and not followed yet. */
export function Invitations() {
  return (
    <ShortList
      label="Open invitations"
      query={useQuery(invitationsQuery)}
      columns={columns}
      rowKey={({ id }) => id}
      failure="The invitations could not be loaded"
      empty={<Text>None is open.</Text>}
    />
  )
}

const columns: Column<Invitation>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: ({ name, email }) => (
      <>
        <DirectoryText clip>{name}</DirectoryText>
        <Text size="xs" c="dimmed" component="div">
          <DirectoryText clip>{email}</DirectoryText>
        </Text>
      </>
    ),
  },
  { id: 'role', header: 'Role', width: '8rem', cell: ({ role }) => roleNames[role] },
  {
    id: 'by',
    header: 'Invited by',
    from: 'sm',
    cell: ({ invitedBy }) => <DirectoryText clip>{invitedBy}</DirectoryText>,
  },
  {
    id: 'expires',
    header: 'Expires',
    width: '9rem',
    from: 'sm',
    cell: ({ expiresAt }) => <RelativeTime at={expiresAt} />,
  },
  {
    id: 'actions',
    header: 'Actions',
    headerHidden: true,
    width: '7rem',
    cell: (invitation) => <TakeBack invitation={invitation} />,
  },
]

function TakeBack({ invitation: { id, name } }: { invitation: Invitation }) {
  const [asking, dialog] = useDisclosure(false)
  const takeBack = useTakeBack(id, () => {
    dialog.close()
    notifications.show({ message: 'Invitation taken back' })
  })
  return (
    <>
      <DeedButton
        size="compact-sm"
        variant="default"
        aria-label={`Take back the invitation of ${name}`}
        unavailable={useWhyNot('admins.edit')}
        onClick={dialog.open}
      >
        Take back
      </DeedButton>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={
          <>
            Take back the invitation of <bdi>{name}</bdi>?
          </>
        }
        confirmLabel="Take back"
        destructive
        failure="The invitation was not taken back"
        deed={takeBack}
      >
        <Text>The link stops working. You can invite them again.</Text>
      </ConfirmDialog>
    </>
  )
}
