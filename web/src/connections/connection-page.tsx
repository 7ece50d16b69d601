import type { Connection } from '@keyroster/api/connections.ts'
import { Anchor, DataList, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { formatDay } from '../format.ts'
import { ImportUsers } from '../imports/import-users.tsx'
import { paths } from '../paths.ts'
import { useWhyNot } from '../session/may.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { DeedButton } from '../ui/deed-button.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import { Fact } from '../ui/fact-list.tsx'
import { Page } from '../ui/page.tsx'
import { ProblemAlert, problemOf } from '../ui/problem.tsx'
import { CertificateUpload } from './certificate-upload.tsx'
import { CheckTable } from './check-table.tsx'
import { clouds } from './clouds.ts'
import { ConnectionState } from './connection-state.tsx'
import { connectionQuery, useDeleteConnection } from './connections.ts'
import { GrantAccess, GrantReturn } from './grant-access.tsx'
import { RenameConnection } from './rename-connection.tsx'
import { ReplaceCredential } from './replace-credential.tsx'

/** One connection: how it stands, what mends it, and what may be changed about it. */
export function ConnectionPage() {
  const { id = '' } = useParams()
  const connection = useQuery(connectionQuery(id))
  if (problemOf(connection.error)?.code === 'not_found') return <NotFoundPage what="connection" />
  if (!connection.data) {
    return (
      <Page title="Connection">
        <ProblemAlert
          error={connection.error}
          title="The connection could not be loaded"
          onRetry={() => connection.refetch()}
        />
        {connection.isPending && <Skeleton h={240} />}
      </Page>
    )
  }
  return <Details connection={connection.data} />
}

function Details({ connection }: { connection: Connection }) {
  const ready = connection.state === 'connected'
  return (
    <Page
      title={connection.name}
      heading={<DirectoryText>{connection.name}</DirectoryText>}
      description={<ConnectionState state={connection.state} />}
      parent={
        <Anchor component={Link} to={paths.connections()} size="sm">
          Connections
        </Anchor>
      }
      action={ready && <ImportUsers />}
    >
      <GrantReturn connection={connection} />
      {connection.credential.kind === 'certificate' && !ready && (
        <Section title="Upload the certificate">
          <CertificateUpload connection={connection} />
        </Section>
      )}
      {!ready && (
        <Section title="Grant access">
          <GrantAccess connection={connection} returnTo={paths.connection(connection.id)} />
        </Section>
      )}
      {connection.state !== 'draft' && (
        <Section title="Checks">
          <CheckTable connection={connection} />
        </Section>
      )}
      <Section title="Details">
        <Facts connection={connection} />
        <Changes connection={connection} />
      </Section>
      {ready && (
        <Section title="Access at Microsoft">
          <CertificateUpload connection={connection} />
          <GrantAccess connection={connection} returnTo={paths.connection(connection.id)} />
        </Section>
      )}
    </Page>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack component="section" gap="sm" maw="60rem">
      <Title order={2}>{title}</Title>
      {children}
    </Stack>
  )
}

function Facts({ connection }: { connection: Connection }) {
  const { credential, tenantName, tenantId, verifiedDomains } = connection
  return (
    <DataList labelWidth="12rem">
      {tenantName && (
        <Fact label="Tenant">
          <DirectoryText>{tenantName}</DirectoryText>
        </Fact>
      )}
      {connection.tenant !== tenantId && (
        <Fact label="Tenant as entered">
          <DirectoryText>{connection.tenant}</DirectoryText>
        </Fact>
      )}
      {tenantId && (
        <Fact label="Tenant ID">
          <span className="mono">{tenantId}</span>
        </Fact>
      )}
      {verifiedDomains.length > 0 && (
        <Fact label="Verified domains">
          <DirectoryText>{verifiedDomains.join(', ')}</DirectoryText>
        </Fact>
      )}
      <Fact label="Cloud">{clouds[connection.cloud].label}</Fact>
      <Fact label="Client ID">
        <span className="mono">{connection.clientId}</span>
      </Fact>
      <Fact label="Credential">
        {credential.kind === 'secret' ? (
          <>
            Secret ending in <bdi className="mono">{credential.lastFour}</bdi>
          </>
        ) : (
          <>
            Certificate <span className="mono">{credential.thumbprint.toUpperCase()}</span>
          </>
        )}
        {credential.expiresOn && `, expires on ${formatDay(credential.expiresOn)}`}
      </Fact>
    </DataList>
  )
}

type Change = 'rename' | 'credential' | 'delete'

function Changes({ connection }: { connection: Connection }) {
  const [asked, ask] = useState<Change | null>(null)
  const navigate = useNavigate()
  const remove = useDeleteConnection(connection.id)
  const refused = useWhyNot('connections.edit')
  const importing = connection.activeImportId && 'It cannot be deleted while its import runs.'
  const close = () => ask(null)
  return (
    <>
      <Group gap="xs">
        <DeedButton variant="default" unavailable={refused} onClick={() => ask('rename')}>
          Rename
        </DeedButton>
        <DeedButton variant="default" unavailable={refused} onClick={() => ask('credential')}>
          Replace credential
        </DeedButton>
        <DeedButton variant="default" unavailable={refused ?? importing} onClick={() => ask('delete')}>
          Delete connection
        </DeedButton>
        {connection.activeImportId && (
          <Text c="dimmed">
            It cannot be deleted while{' '}
            <Anchor
              component={Link}
              to={paths.import(connection.activeImportId)}
              size="sm"
              underline="always"
            >
              its import
            </Anchor>{' '}
            runs.
          </Text>
        )}
      </Group>
      <RenameConnection connection={connection} opened={asked === 'rename'} onClose={close} />
      <ReplaceCredential connection={connection} opened={asked === 'credential'} onClose={close} />
      <ConfirmDialog
        opened={asked === 'delete'}
        onClose={close}
        title={
          <>
            Delete <bdi>{connection.name}</bdi>?
          </>
        }
        confirmLabel="Delete connection"
        destructive
        failure="The connection was not deleted"
        deed={{
          ...remove,
          mutate: () =>
            remove.mutate(undefined, { onSuccess: () => navigate(paths.connections(), { replace: true }) }),
        }}
      >
        The panel forgets its credential and can no longer import from this tenant. People and groups that
        were imported stay. The app registration in Entra stays too; delete it there if nothing else uses it.
      </ConfirmDialog>
    </>
  )
}
