import type { Action } from '@keyroster/api/roles.ts'
import { Anchor, Text } from '@mantine/core'
import { Link, Outlet, type RouteObject } from 'react-router'
import { paths } from '../paths.ts'
import { Page } from '../ui/page.tsx'
import { useWhyNot } from './may.ts'

/** Pages behind an action: whoever may not do it is told so, and nothing is asked of the server. */
export const guarded = (action: Action, children: RouteObject[]): RouteObject[] => [
  { element: <Guard action={action} />, children },
]

function Guard({ action }: { action: Action }) {
  const refused = useWhyNot(action)
  if (refused === null) return <Outlet />
  return (
    <Page title="This page is not for your role">
      <Text>
        {refused} Ask one of them, or{' '}
        <Anchor component={Link} to={paths.users()} size="sm" underline="always">
          go to users
        </Anchor>
        .
      </Text>
    </Page>
  )
}
