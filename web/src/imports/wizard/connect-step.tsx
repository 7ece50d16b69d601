import type { Connection } from '@keyroster/api/connections.ts'
import { Alert, Anchor, Loader, Radio, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { CertificateUpload } from '../../connections/certificate-upload.tsx'
import { CheckTable } from '../../connections/check-table.tsx'
import { ConnectForm } from '../../connections/connect-form.tsx'
import { ConnectionState } from '../../connections/connection-state.tsx'
import { connectionsQuery } from '../../connections/connections.ts'
import { GrantAccess, GrantReturn } from '../../connections/grant-access.tsx'
import { paths } from '../../paths.ts'
import { DirectoryText } from '../../ui/directory-text.tsx'
import { Page } from '../../ui/page.tsx'
import { type FieldError, ProblemAlert } from '../../ui/problem.tsx'
import { Steps } from '../steps.tsx'
import { useWizard } from './wizard.tsx'
import { WizardStep } from './wizard-step.tsx'

/** A healthy connection, or the way to one: connect and grant happen here, and one comes back here. */
export function ConnectStep() {
  const connections = useQuery(connectionsQuery())
  const [params] = useSearchParams()
  if (!connections.data) {
    return (
      <Frame>
        <ProblemAlert
          error={connections.error}
          title="The connections could not be loaded"
          onRetry={() => connections.refetch()}
        />
        {connections.isPending && <Loader aria-label="Loading the connections" />}
      </Frame>
    )
  }
  const { items } = connections.data
  return items.length === 0 || params.has('new') ? (
    <NewConnection />
  ) : (
    <ChooseConnection connections={items} />
  )
}

function Frame({ children }: { children: React.ReactNode }) {
  return (
    <>
      <Steps current="Connect" />
      <Page title="Connect Microsoft Entra ID" width="text">
        {children}
      </Page>
    </>
  )
}

function NewConnection() {
  const { change } = useWizard()
  const navigate = useNavigate()
  return (
    <Frame>
      <ConnectForm
        onConnected={({ id }) => {
          change({ connectionId: id })
          navigate(paths.importConnect(), { replace: true })
        }}
      />
    </Frame>
  )
}

function ChooseConnection({ connections }: { connections: Connection[] }) {
  const { draft, change } = useWizard()
  // Coming back from Microsoft, the address names the connection one left for.
  const [params] = useSearchParams()
  const navigate = useNavigate()
  const chosen = connectionOf(connections, params.get('connection') ?? draft.connectionId)
  const healthy = chosen.state === 'connected'
  return (
    <WizardStep
      step="Connect"
      title={healthy ? 'Microsoft Entra ID is connected' : 'Grant access to Microsoft Entra ID'}
      back={paths.newImport()}
      secondary={!healthy}
      judge={() => missing(chosen)}
      onNext={() => {
        change({ connectionId: chosen.id })
        navigate(paths.importWho())
      }}
    >
      {() => (
        <>
          <GrantReturn connection={chosen} />
          {connections.length > 1 && (
            <Radio.Group
              label="Tenant"
              value={chosen.id}
              onChange={(connectionId) => change({ connectionId, groups: [] })}
            >
              <Stack gap="xs" mt="xs">
                {connections.map((connection) => (
                  <Radio
                    key={connection.id}
                    value={connection.id}
                    label={<DirectoryText>{nameOf(connection)}</DirectoryText>}
                    description={<ConnectionState state={connection.state} />}
                  />
                ))}
              </Stack>
            </Radio.Group>
          )}
          {!healthy && <MakeHealthy connection={chosen} />}
          {healthy && !params.has('granted') && <Healthy connection={chosen} />}
          {healthy && (
            <Text>
              <Anchor
                component={Link}
                to={`${paths.importConnect()}?new=yes`}
                size="sm"
                underline="always"
                c="inherit"
              >
                Connect another tenant
              </Anchor>
            </Text>
          )}
        </>
      )}
    </WizardStep>
  )
}

/** The chosen connection, else the first that works, else the first. */
const connectionOf = (connections: Connection[], id: string | null): Connection =>
  connections.find((connection) => connection.id === id) ??
  connections.find(({ state }) => state === 'connected') ??
  connections[0]!

const nameOf = ({ name, tenantName, tenant }: Connection) => `${name} · ${tenantName ?? tenant}`

function missing({ state }: Connection): FieldError[] {
  if (state === 'connected') return []
  const message =
    state === 'draft'
      ? 'Grant access at Microsoft first: without it nobody can be read.'
      : 'Mend what the checks name first, then check again.'
  return [{ field: 'grant', message }]
}

function Healthy({ connection }: { connection: Connection }) {
  return (
    <Alert color="green" icon={<IconCircleCheck aria-hidden />} title="Access works">
      <Text>
        Users are read from <DirectoryText>{nameOf(connection)}</DirectoryText>.{' '}
        <Anchor
          component={Link}
          to={paths.connection(connection.id)}
          size="sm"
          underline="always"
          c="inherit"
        >
          Show the connection
        </Anchor>
      </Text>
    </Alert>
  )
}

function MakeHealthy({ connection }: { connection: Connection }) {
  return (
    <>
      <Text>
        <DirectoryText>{nameOf(connection)}</DirectoryText> is saved.{' '}
        <ConnectionState state={connection.state} />
      </Text>
      {connection.credential.kind === 'certificate' && (
        <>
          <Title order={2}>Upload the certificate</Title>
          <CertificateUpload connection={connection} />
        </>
      )}
      {connection.state === 'needs-attention' && (
        <>
          <Title order={2}>Checks</Title>
          <CheckTable connection={connection} />
          <Text>
            <Anchor
              component={Link}
              to={paths.connection(connection.id)}
              size="sm"
              underline="always"
              c="inherit"
            >
              Change the connection
            </Anchor>
          </Text>
        </>
      )}
      <div id="grant" tabIndex={-1}>
        <Title order={2} mb="sm">
          Grant access
        </Title>
        <GrantAccess connection={connection} returnTo={paths.importConnect()} />
      </div>
    </>
  )
}
