import type { Notification } from '@keyroster/api/notifications.ts'
import {
  ActionIcon,
  Button,
  Drawer,
  EmptyState,
  Group,
  Indicator,
  Skeleton,
  Stack,
  Text,
  VisuallyHidden,
} from '@mantine/core'
import { useDisclosure, useIdle } from '@mantine/hooks'
import { IconBell, IconBellOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { formatCount } from '../format.ts'
import { idleAfter } from '../session/session.ts'
import { ProblemAlert } from '../ui/problem.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import classes from './bell.module.css'
import { notificationsQuery, useMarkRead } from './notifications.ts'

/** The bell with its unread count, and what it rang for. */
export function Bell() {
  const [opened, drawer] = useDisclosure(false)
  const idle = useIdle(idleAfter)
  const notifications = useQuery({ ...notificationsQuery, refetchInterval: idle ? false : 20_000 })
  const unread = notifications.data?.unread ?? 0
  return (
    <>
      <Indicator
        label={formatCount(unread)}
        disabled={unread === 0}
        size={18}
        offset={6}
        color="red.8"
        classNames={{ indicator: classes.count }}
      >
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={unread > 0 ? `Notifications, ${formatCount(unread)} unread` : 'Notifications'}
          aria-haspopup="dialog"
          onClick={drawer.open}
        >
          <IconBell size={20} aria-hidden />
        </ActionIcon>
      </Indicator>
      <VisuallyHidden role="status">
        {unread > 0 && `${formatCount(unread)} unread ${unread === 1 ? 'notification' : 'notifications'}`}
      </VisuallyHidden>
      <Drawer opened={opened} onClose={drawer.close} position="right" size="sm" title="Notifications">
        <NotificationList query={notifications} onLeave={drawer.close} />
      </Drawer>
    </>
  )
}

type NotificationListProps = {
  query: ReturnType<typeof useQuery<{ items: Notification[]; unread: number }>>
  onLeave: () => void
}

function NotificationList({ query, onLeave }: NotificationListProps) {
  const markRead = useMarkRead()
  const { data, error } = query
  if (error && !data) {
    return (
      <ProblemAlert error={error} title="Notifications could not be loaded" onRetry={() => query.refetch()} />
    )
  }
  if (!data) return <Skeleton h={64} />
  if (data.items.length === 0) {
    return (
      <EmptyState
        py="xl"
        icon={<IconBellOff aria-hidden />}
        title="No notifications yet"
        description="When an import ends or needs you, it says so here."
      />
    )
  }
  const read = ({ id, readAt }: Notification) => {
    if (readAt === null) markRead.mutate([id])
    onLeave()
  }
  return (
    <Stack gap="xs">
      <ProblemAlert error={markRead.error} title="The notifications are still unread" />
      {data.unread > 0 && (
        <Group justify="flex-end">
          <Button
            size="compact-sm"
            variant="subtle"
            loading={markRead.isPending}
            onClick={() => markRead.mutate(undefined)}
          >
            Mark all as read
          </Button>
        </Group>
      )}
      <ul className={classes.list}>
        {data.items.map((item) => (
          <li key={item.id}>
            <Link
              to={item.link}
              className={classes.item}
              data-unread={item.readAt === null || undefined}
              onClick={() => read(item)}
            >
              <Text fw={item.readAt === null ? 600 : 400}>
                {item.readAt === null && <VisuallyHidden>Unread: </VisuallyHidden>}
                {item.title}
              </Text>
              <Text c="dimmed">{item.body}</Text>
              <Text c="dimmed" size="xs" component="div">
                <RelativeTime at={item.createdAt} />
              </Text>
            </Link>
          </li>
        ))}
      </ul>
    </Stack>
  )
}
