import { Alert, Anchor, Group, Text, VisuallyHidden } from '@mantine/core'
import { useIdle } from '@mantine/hooks'
import { IconFileImport } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Link, useLocation } from 'react-router'
import { importsQuery } from '../imports/imports.ts'
import { isMoving, phaseWords } from '../imports/progress.ts'
import { notificationsKey } from '../notifications/notifications.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session/may.ts'
import { idleAfter } from '../session/session.ts'

/** On every page but the run's own, for whoever may see imports: one is under way, how far, and the way back to it. */
export function ImportBanner() {
  return useMay('imports.read') ? <MovingImport /> : null
}

function MovingImport() {
  const idle = useIdle(idleAfter)
  const imports = useQuery({
    ...importsQuery(undefined),
    refetchInterval: ({ state }) => (idle ? false : state.data?.items.some(isMoving) ? 3_000 : 20_000),
  })
  const { pathname } = useLocation()
  const run = imports.data?.items.find(isMoving)
  useNoticeEnd(run?.id)
  if (!run || pathname.startsWith(paths.import(run.id))) return null
  return (
    <Alert variant="light" py="xs" mb="lg" icon={<IconFileImport size={18} aria-hidden />}>
      <VisuallyHidden role="status">An import from {run.connectionName} is under way.</VisuallyHidden>
      <Group gap="xs">
        <Text className="numeric">{phaseWords(run)}</Text>
        <Anchor component={Link} to={paths.import(run.id)} size="sm" underline="always">
          View
        </Anchor>
      </Group>
    </Alert>
  )
}

/** When the run that was moving stops, its notification is there and the lists are others. */
function useNoticeEnd(movingId: string | undefined) {
  const client = useQueryClient()
  const last = useRef(movingId)
  useEffect(() => {
    if (last.current !== undefined && last.current !== movingId) {
      for (const queryKey of [notificationsKey, ['users'], ['groups']]) client.invalidateQueries({ queryKey })
    }
    last.current = movingId
  }, [movingId, client])
}
