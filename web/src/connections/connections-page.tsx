import type { Connection } from '@keyroster/api/connections.ts'
import { Anchor, EmptyState } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { paths } from '../paths.ts'
import { useWhyNot } from '../session/may.ts'
import { DeedButton } from '../ui/deed-button.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import { useListParams } from '../ui/list-params.ts'
import { type Column, ListTable } from '../ui/list-table.tsx'
import { Page } from '../ui/page.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { ConnectionState } from './connection-state.tsx'
import { connectionsQuery } from './connections.ts'

/** The tenants this workspace imports from, and how each connection stands. */
export function ConnectionsPage() {
  const list = useListParams([])
  const connections = useQuery(connectionsQuery(list.cursor))
  const connect = (
    <DeedButton to={paths.newConnection()} unavailable={useWhyNot('connections.edit')}>
      Connect Microsoft Entra ID
    </DeedButton>
  )
  return (
    <Page title="Connections" action={connections.data?.total ? connect : null}>
      <ListTable
        label="Connections"
        noun="connection"
        query={connections}
        columns={columns}
        rowKey={(connection) => connection.id}
        list={list}
        firstUse={
          <EmptyState py="xl" icon={<IconPlugConnected aria-hidden />}>
            <EmptyState.Title order={2}>No directory is connected</EmptyState.Title>
            <EmptyState.Description>
              A connection lets this panel read people and groups from your Microsoft Entra ID tenant. It
              never changes anything there.
            </EmptyState.Description>
            <EmptyState.Actions>{connect}</EmptyState.Actions>
          </EmptyState>
        }
      />
    </Page>
  )
}

const columns: Column<Connection>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: ({ id, name }) => (
      <Anchor component={Link} to={paths.connection(id)} size="sm">
        <DirectoryText clip>{name}</DirectoryText>
      </Anchor>
    ),
  },
  {
    id: 'tenant',
    header: 'Tenant',
    from: 'sm',
    cell: ({ tenant, tenantName }) => <DirectoryText clip>{tenantName ?? tenant}</DirectoryText>,
  },
  { id: 'state', header: 'State', width: '13rem', cell: ({ state }) => <ConnectionState state={state} /> },
  {
    id: 'checked',
    header: 'Checked',
    width: '10rem',
    from: 'md',
    cell: ({ lastCheck }) => (lastCheck ? <RelativeTime at={lastCheck.checkedAt} /> : 'Not yet'),
  },
]
