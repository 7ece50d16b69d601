import type { ApiToken } from '@keyroster/api/tokens.ts'
import { EmptyState, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconKey } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { formatDay } from '../format.ts'
import { paths } from '../paths.ts'
import { useWhyNot } from '../session/may.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { DeedButton } from '../ui/deed-button.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import type { Column } from '../ui/list-table.tsx'
import { Page } from '../ui/page.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { ShortList } from '../ui/short-list.tsx'
import { scopeWords, tokensQuery, useRevokeToken } from './tokens.ts'

/** Keys for scripts: whose, for what, until when. */
export function TokensPage() {
  const tokens = useQuery(tokensQuery)
  const create = (
    <DeedButton to={paths.newToken()} unavailable={useWhyNot('tokens.create')}>
      Create a token
    </DeedButton>
  )
  return (
    <Page
      title="API tokens"
      description="Keys for scripts. A token does what it was made for, and never more than the person who made it."
      action={tokens.data?.items.length ? create : null}
    >
      <ShortList
        label="API tokens"
        query={tokens}
        columns={columns}
        rowKey={({ id }) => id}
        failure="The tokens could not be loaded"
        empty={
          <EmptyState py="xl" icon={<IconKey aria-hidden />}>
            <EmptyState.Title order={2}>No tokens yet</EmptyState.Title>
            <EmptyState.Description>
              A token lets a script use this panel’s API, for example to import users every night.
            </EmptyState.Description>
            <EmptyState.Actions>{create}</EmptyState.Actions>
          </EmptyState>
        }
      />
    </Page>
  )
}

const columns: Column<ApiToken>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: ({ name, prefix, admin }) => (
      <>
        <DirectoryText clip>{name}</DirectoryText>
        <Text size="xs" c="dimmed" component="div">
          <span className="mono">{prefix}…</span> of <bdi>{admin.name}</bdi>
        </Text>
      </>
    ),
  },
  {
    id: 'scopes',
    header: 'May',
    from: 'sm',
    cell: ({ scopes }) => scopes.map((scope) => scopeWords[scope]).join(', '),
  },
  {
    id: 'used',
    header: 'Last used',
    width: '8rem',
    from: 'sm',
    cell: ({ lastUsedAt }) => (lastUsedAt ? <RelativeTime at={lastUsedAt} /> : 'Never'),
  },
  {
    id: 'expires',
    header: 'Expires',
    width: '9rem',
    cell: ({ expiresAt }) => formatDay(expiresAt),
  },
  {
    id: 'actions',
    header: 'Actions',
    headerHidden: true,
    width: '6.5rem',
    cell: (token) => <RevokeToken token={token} />,
  },
]

function RevokeToken({ token: { id, name, own } }: { token: ApiToken }) {
  const [asking, dialog] = useDisclosure(false)
  const refused = useWhyNot('tokens.revoke-any')
  const revoke = useRevokeToken(id, () => {
    dialog.close()
    notifications.show({ message: 'Token revoked' })
  })
  return (
    <>
      <DeedButton
        size="compact-sm"
        variant="default"
        aria-label={`Revoke ${name}`}
        unavailable={own ? null : refused}
        onClick={dialog.open}
      >
        Revoke
      </DeedButton>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={
          <>
            Revoke <bdi>{name}</bdi>?
          </>
        }
        confirmLabel="Revoke"
        destructive
        failure="The token was not revoked"
        deed={revoke}
      >
        <Text ta="left">Scripts that use it are refused from now on. This cannot be undone.</Text>
      </ConfirmDialog>
    </>
  )
}
