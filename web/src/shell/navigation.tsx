import { type Action, may } from '@keyroster/api/roles.ts'
import { Drawer, NavLink } from '@mantine/core'
import {
  IconFileImport,
  IconKey,
  IconListSearch,
  IconPlugConnected,
  IconSettings,
  IconUserShield,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'
import { Link, useLocation } from 'react-router'
import { paths } from '../paths.ts'
import { useSession } from '../session/session.ts'
import classes from './shell.module.css'

type Room = { label: string; to: string; Icon: typeof IconUsers; action: Action }

const sections: { title: string; links: Room[] }[] = [
  {
    title: 'Security key management',
    links: [
      { label: 'Users', to: paths.users(), Icon: IconUsers, action: 'users.read' },
      { label: 'Groups', to: paths.groups(), Icon: IconUsersGroup, action: 'groups.read' },
      { label: 'Imports', to: paths.imports(), Icon: IconFileImport, action: 'imports.read' },
    ],
  },
  {
    title: 'Workspace',
    links: [
      {
        label: 'Connections',
        to: paths.connections(),
        Icon: IconPlugConnected,
        action: 'connections.read',
      },
      { label: 'People', to: paths.people(), Icon: IconUserShield, action: 'admins.read' },
      { label: 'API tokens', to: paths.tokens(), Icon: IconKey, action: 'tokens.read' },
      { label: 'Audit', to: paths.audit(), Icon: IconListSearch, action: 'audit.read' },
      { label: 'Settings', to: paths.settings(), Icon: IconSettings, action: 'settings.read' },
    ],
  },
]

type NavigationProps = { className?: string | undefined; onNavigate?: () => void }

/** The rooms of the panel that one's role may see, by section; the one of this page is marked. */
export function Navigation({ className, onNavigate }: NavigationProps) {
  const { pathname } = useLocation()
  const role = useSession().data?.admin.role
  const shown = sections
    .map(({ title, links }) => ({ title, links: links.filter(({ action }) => role && may(role, action)) }))
    .filter(({ links }) => links.length > 0)
  return (
    <nav aria-label="Main" className={className}>
      {shown.map(({ title, links }) => (
        <div key={title} className={classes.section}>
          <div className={classes.sectionTitle}>{title}</div>
          <ul className={classes.links} aria-label={title}>
            {links.map(({ label, to, Icon }) => {
              const active = pathname === to || pathname.startsWith(`${to}/`)
              return (
                <li key={to}>
                  <NavLink
                    component={Link}
                    to={to}
                    label={label}
                    active={active}
                    aria-current={active ? 'page' : undefined}
                    leftSection={<Icon size={18} stroke={1.75} aria-hidden />}
                    className={classes.link}
                    onClick={onNavigate}
                  />
                </li>
              )
            })}
          </ul>
        </div>
      ))}
    </nav>
  )
}

/** The same on small screens, as a sheet from below. */
export function NavigationSheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="bottom"
      size="min(32rem, 85dvh)"
      radius="md"
      title="Navigation"
      hiddenFrom="sm"
    >
      <Navigation onNavigate={onClose} />
    </Drawer>
  )
}
