import { Drawer, NavLink } from '@mantine/core'
import { IconFileImport, IconPlugConnected, IconUsers, IconUsersGroup } from '@tabler/icons-react'
import { Link, useLocation } from 'react-router'
import { paths } from '../paths.ts'
import classes from './shell.module.css'

const sections = [
  {
    title: 'Security key management',
    links: [
      { label: 'Users', to: paths.users(), Icon: IconUsers },
      { label: 'Groups', to: paths.groups(), Icon: IconUsersGroup },
      { label: 'Imports', to: paths.imports(), Icon: IconFileImport },
    ],
  },
  {
    title: 'Workspace',
    links: [{ label: 'Connections', to: paths.connections(), Icon: IconPlugConnected }],
  },
]

type NavigationProps = { className?: string | undefined; onNavigate?: () => void }

/** The rooms of the panel, by section; the one of this page is marked. */
export function Navigation({ className, onNavigate }: NavigationProps) {
  const { pathname } = useLocation()
  return (
    <nav aria-label="Main" className={className}>
      {sections.map(({ title, links }) => (
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
      size="20rem"
      radius="md"
      title="Navigation"
      hiddenFrom="sm"
    >
      <Navigation onNavigate={onClose} />
    </Drawer>
  )
}
