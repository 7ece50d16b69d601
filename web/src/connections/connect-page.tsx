import { Anchor } from '@mantine/core'
import { Link, useNavigate } from 'react-router'
import { paths } from '../paths.ts'
import { Page } from '../ui/page.tsx'
import { ConnectForm } from './connect-form.tsx'

/** Where a tenant is connected outside an import. */
export function ConnectPage() {
  const navigate = useNavigate()
  return (
    <Page
      title="Connect Microsoft Entra ID"
      description="Register Keyroster in your tenant, then tell the panel how to sign in to it."
      width="text"
      parent={
        <Anchor component={Link} to={paths.connections()} size="sm">
          Connections
        </Anchor>
      }
    >
      <ConnectForm onConnected={({ id }) => navigate(paths.connection(id), { replace: true })} />
    </Page>
  )
}
