import type { Session } from '@keyroster/api/session.ts'
import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown, IconLogout, IconUserCircle } from '@tabler/icons-react'
import { Link } from 'react-router'
import { paths } from '../paths.ts'
import { useSignOut } from '../session/session.ts'

/** Who is signed in, their account, and the way out. */
export function AccountMenu({ session }: { session: Session }) {
  const signOut = useSignOut()
  const { name, email } = session.admin
  return (
    <Menu position="bottom-end" width={240} withinPortal={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          px="xs"
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          <Text span truncate maw="8rem">
            <bdi>{name}</bdi>
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Signed in as <bdi>{email ?? name}</bdi>
        </Menu.Label>
        <Menu.Item
          component={Link}
          to={paths.account()}
          leftSection={<IconUserCircle size={16} aria-hidden />}
        >
          Your account
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Version {session.version}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  )
}
