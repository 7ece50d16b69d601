import type { Session } from '@keyroster/api/session.ts'
import { Alert, Button, Group, Text } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconFingerprint } from '@tabler/icons-react'
import { useEffect } from 'react'
import { Link, useLocation } from 'react-router'
import { paths } from '../paths.ts'

/** Asks whoever has no passkey to add one; *Not now* is remembered until they have one. */
export function PasskeyPrompt({ session }: { session: Session }) {
  const { pathname } = useLocation()
  const [skippedBy, setSkippedBy, forget] = useLocalStorage({
    key: 'keyroster-passkey-prompt-skipped',
    defaultValue: '',
    getInitialValueInEffect: false,
  })
  const hasPasskey = session.passkeys > 0
  useEffect(() => {
    if (hasPasskey) forget()
  }, [hasPasskey, forget])
  if (hasPasskey || skippedBy === session.admin.id || pathname === paths.account()) return null
  return (
    <Alert
      variant="default"
      mb="lg"
      icon={<IconFingerprint aria-hidden />}
      title="Add a passkey to sign in from now on"
    >
      <Group justify="space-between">
        <Text>The link that let you in is spent. With a passkey you need none: there is no password.</Text>
        <Group gap="xs">
          <Button size="xs" variant="subtle" onClick={() => setSkippedBy(session.admin.id)}>
            Not now
          </Button>
          <Button size="xs" component={Link} to={paths.account()}>
            Add a passkey
          </Button>
        </Group>
      </Group>
    </Alert>
  )
}
