import type { Session } from '@keyroster/api/session.ts'
import { Alert, Button, Group, Text } from '@mantine/core'
import { useIdle } from '@mantine/hooks'
import { IconClock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { formatTime } from '../format.ts'
import { idleAfter, sessionQuery } from './session.ts'

const warnBefore = 5 * 60_000

/** Keeps the session's end known while somebody works, and warns five minutes before an empty chair is signed out. */
export function SessionEnding({ session }: { session: Session }) {
  const idle = useIdle(idleAfter)
  const { refetch } = useQuery({ ...sessionQuery, refetchInterval: idle ? false : 4 * 60_000 })
  const [warning, setWarning] = useState(false)
  useEffect(() => {
    const left = Date.parse(session.expiresAt) - Date.now()
    setWarning(left <= warnBefore)
    const warn = setTimeout(() => setWarning(true), Math.max(0, left - warnBefore))
    const end = setTimeout(() => refetch(), Math.max(0, left) + 1_000)
    return () => {
      clearTimeout(warn)
      clearTimeout(end)
    }
  }, [session.expiresAt, refetch])
  if (!warning) return null
  return (
    <Alert color="yellow" variant="light" role="alert" mb="lg" icon={<IconClock aria-hidden />}>
      <Group justify="space-between">
        <Text>
          You will be signed out at {formatTime(session.expiresAt)}. What you have typed here would be lost.
        </Text>
        <Button size="xs" variant="default" onClick={() => refetch()}>
          Stay signed in
        </Button>
      </Group>
    </Alert>
  )
}
