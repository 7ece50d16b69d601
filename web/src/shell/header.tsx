import type { Session } from '@keyroster/api/session.ts'
import { ActionIcon, Group, Text } from '@mantine/core'
import { IconLayoutSidebar, IconMenu2 } from '@tabler/icons-react'
import { Link } from 'react-router'
import { Bell } from '../notifications/bell.tsx'
import { paths } from '../paths.ts'
import { AccountMenu } from './account-menu.tsx'
import { ColorSchemeMenu } from './color-scheme-menu.tsx'
import classes from './shell.module.css'

type HeaderProps = {
  session: Session
  navigationShown: boolean
  onToggleNavigation: () => void
  onOpenSheet: () => void
}

export function Header({ session, navigationShown, onToggleNavigation, onOpenSheet }: HeaderProps) {
  return (
    <header className={classes.header}>
      <Group gap="xs" wrap="nowrap">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          visibleFrom="sm"
          aria-label="Navigation"
          aria-expanded={navigationShown}
          onClick={onToggleNavigation}
        >
          <IconLayoutSidebar size={20} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          hiddenFrom="sm"
          aria-label="Open the navigation"
          aria-haspopup="dialog"
          onClick={onOpenSheet}
        >
          <IconMenu2 size={20} aria-hidden />
        </ActionIcon>
        <Link to={paths.users()} className={classes.brand}>
          <img src="/mark.svg" alt="" width={28} height={28} />
          Keyroster
        </Link>
        {session.workspace.name !== 'Keyroster' && (
          <Text c="dimmed" visibleFrom="sm" className={classes.workspace} title={session.workspace.name}>
            <bdi>{session.workspace.name}</bdi>
          </Text>
        )}
      </Group>
      <Group gap={4} wrap="nowrap">
        <ColorSchemeMenu />
        <Bell />
        <AccountMenu session={session} />
      </Group>
    </header>
  )
}
