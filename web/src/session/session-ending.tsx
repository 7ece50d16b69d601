import type { Session } from '@keyroster/api/session.ts'
import { Alert, Button, Group, Text } from '@mantine/core'
import { useIdle } from '@mantine/hooks'
import { IconClock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { formatTime } from '../format.ts'
import { idleAfter, sessionQuery } from './session.ts'
import classes from './session-ending.module.css'

const warnBefore = 60_000

/** Keeps the session's end known while somebody works, and warns a minute before an empty chair is signed out. */
export function SessionEnding({ session }: { session: Session }) {
  const idle = useIdle(idleAfter)
  const { refetch } = useQuery({ ...sessionQuery, refetchInterval: idle ? false : 4 * 60_000 })
  const [warning, setWarning] = useState(false)
  // Where asking moved the end, there is no warning any more; where it did not, the session is as old as it may get.
  const [stayed, setStayed] = useState<string>()
  const asked = stayed === session.expiresAt
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
    <Alert
      color="yellow"
      role="alert"
      mb="lg"
      icon={<IconClock aria-hidden />}
      className={classes.ending}
      title="You are about to be signed out"
    >
      <Group justify="space-between">
        <Text>
          {asked
            ? `Signed in for so long, you must sign in again: at ${formatTime(session.expiresAt)} this session ends whatever you do.`
            : `At ${formatTime(session.expiresAt)}, because nobody used the panel. What you have typed here would be lost.`}
        </Text>
        {!asked && (
          <Button
            size="xs"
            variant="default"
            onClick={() => refetch().then(() => setStayed(session.expiresAt))}
          >
            Stay signed in
          </Button>
        )}
      </Group>
    </Alert>
  )
}
