import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'
import { paths } from '../paths.ts'
import { Page } from '../ui/page.tsx'

/** For an address that leads nowhere, or to something that is gone. */
export function NotFoundPage({ what = 'page' }: { what?: string }) {
  return (
    <Page title={`This ${what} does not exist`}>
      <Text>
        It may have been deleted, or the address is not complete.{' '}
        <Anchor component={Link} to={paths.users()} size="sm" underline="always">
          Go to users
        </Anchor>
      </Text>
    </Page>
  )
}
