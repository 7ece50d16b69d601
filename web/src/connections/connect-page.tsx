import { Anchor, Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from 'react-router'
import { paths } from '../paths.ts'
import { Page } from '../ui/page.tsx'
import { ProblemAlert } from '../ui/problem.tsx'
import { ConnectForm } from './connect-form.tsx'
import { setupQuery } from './connections.ts'

/** Where a tenant is connected outside an import. */
export function ConnectPage() {
  const setup = useQuery(setupQuery)
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
      <ProblemAlert
        error={setup.error}
        title="The form could not be loaded"
        onRetry={() => setup.refetch()}
      />
      {setup.isPending && <Loader aria-label="Loading the form" />}
      {setup.data && (
        <ConnectForm
          setup={setup.data}
          onConnected={({ id }) => navigate(paths.connection(id), { replace: true })}
        />
      )}
    </Page>
  )
}
