import type { SignedInSession } from '@keyroster/api/admins.ts'
import { Badge, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { DeedButton } from '../ui/deed-button.tsx'
import type { Column } from '../ui/list-table.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { ShortList } from '../ui/short-list.tsx'
import { sessionsQuery, useEndSession, wayWords } from './sessions.ts'
import { deviceOf } from './user-agent.ts'

type SessionListProps = {
  /** Of the API: one's own or somebody's. */
  url: string
}

/** Where somebody is signed in, each with its end. */
export function SessionList({ url }: SessionListProps) {
  const sessions = useQuery(sessionsQuery(url))
  return (
    <ShortList
      label="Sessions"
      query={sessions}
      columns={columns(url)}
      rowKey={({ id }) => id}
      failure="The sessions could not be loaded"
      empty={<Text c="dimmed">Signed in nowhere.</Text>}
    />
  )
}

const columns = (url: string): Column<SignedInSession>[] => [
  {
    id: 'device',
    header: 'Where',
    cell: ({ userAgent, address, current }) => (
      <>
        <span title={userAgent ?? undefined}>{deviceOf(userAgent)}</span>{' '}
        {current && <Badge component="span">This session</Badge>}
        {address && (
          <Text size="xs" c="dimmed">
            from {address}
          </Text>
        )}
      </>
    ),
  },
  { id: 'way', header: 'Signed in by', width: '8rem', from: 'sm', cell: ({ way }) => wayWords[way] },
  {
    id: 'created',
    header: 'Since',
    width: '9rem',
    from: 'sm',
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  {
    id: 'seen',
    header: 'Last seen',
    width: '8rem',
    cell: ({ lastSeenAt }) => <RelativeTime at={lastSeenAt} />,
  },
  {
    id: 'actions',
    header: 'Actions',
    headerHidden: true,
    width: '5.5rem',
    cell: (session) => <EndSession url={url} session={session} />,
  },
]

function EndSession({ url, session }: { url: string; session: SignedInSession }) {
  const [asking, dialog] = useDisclosure(false)
  const end = useEndSession(url, () => {
    dialog.close()
    notifications.show({ message: 'Session ended' })
  })
  const device = deviceOf(session.userAgent)
  const current = session.current ? 'This is where you are now. Sign out instead.' : null
  return (
    <>
      <DeedButton
        size="compact-sm"
        variant="default"
        aria-label={`End the session of ${device}`}
        unavailable={current}
        onClick={dialog.open}
      >
        End
      </DeedButton>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={`End the session of ${device}?`}
        confirmLabel="End session"
        destructive
        failure="The session was not ended"
        deed={{ ...end, mutate: () => end.mutate(session.id) }}
      >
        <Text>Whoever uses it is signed out at once. What they have typed and not saved is lost.</Text>
      </ConfirmDialog>
    </>
  )
}
