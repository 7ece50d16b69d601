import { Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../session/session.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { DeedButton } from '../ui/deed-button.tsx'
import { Page } from '../ui/page.tsx'
import { Section } from '../ui/section.tsx'
import { MicrosoftAccount } from './microsoft-account.tsx'
import { Passkeys } from './passkeys.tsx'
import { Profile } from './profile.tsx'
import { SessionList } from './session-list.tsx'
import { ownSessions, sessionsQuery, useEndSession } from './sessions.ts'

/** Who one is here, and what one signs in with. */
export function AccountPage() {
  const session = useSession()
  return (
    <Page title="Your account" width="text">
      {session.data && <Profile session={session.data} />}
      <Section
        title="Passkeys"
        description="A passkey signs you in with your device’s lock or a security key. There is no password."
      >
        <Passkeys />
      </Section>
      {session.data && <MicrosoftAccount bound={session.data.microsoft} />}
      <Section title="Sessions" description="Where you are signed in now. End what you do not know.">
        <OwnSessions />
      </Section>
    </Page>
  )
}

function OwnSessions() {
  const [asking, dialog] = useDisclosure(false)
  const sessions = useQuery(sessionsQuery(ownSessions))
  const others = (sessions.data?.items ?? []).filter(({ current }) => !current)
  const end = useEndSession(ownSessions, () => {
    dialog.close()
    notifications.show({ message: 'Every other session is ended' })
  })
  return (
    <>
      <SessionList url={ownSessions} />
      {sessions.data && (
        <Group>
          <DeedButton
            variant="default"
            unavailable={others.length === 0 ? 'You are signed in nowhere else.' : null}
            onClick={dialog.open}
          >
            End all others
          </DeedButton>
        </Group>
      )}
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title="End every other session?"
        confirmLabel="End all others"
        destructive
        failure="Not every session was ended"
        deed={{ ...end, mutate: () => end.mutate(undefined) }}
      >
        <Text>You stay signed in here, and are signed out everywhere else.</Text>
      </ConfirmDialog>
    </>
  )
}
