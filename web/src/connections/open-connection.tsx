import { Anchor } from '@mantine/core'
import { Link } from 'react-router'
import { paths } from '../paths.ts'
import { useMay } from '../session/may.ts'

/** From what a connection stopped to the connection, for whoever may see it. */
export function OpenConnection({ id }: { id: string }) {
  if (!useMay('connections.read')) return null
  return (
    <Anchor component={Link} to={paths.connection(id)} size="sm" underline="always" c="inherit">
      Open the connection
    </Anchor>
  )
}
