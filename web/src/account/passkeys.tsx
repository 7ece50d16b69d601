import type { Passkey } from '@keyroster/api/session.ts'
import { EmptyState, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconFingerprint } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { passkeysQuery, useRemovePasskey } from '../session/passkeys.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { DeedButton } from '../ui/deed-button.tsx'
import type { Column } from '../ui/list-table.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { ShortList } from '../ui/short-list.tsx'
import { AddPasskey } from './add-passkey.tsx'

/** One's own passkeys: add, name, remove. */
export function Passkeys() {
  const passkeys = useQuery(passkeysQuery)
  return (
    <>
      <ShortList
        label="Passkeys"
        query={passkeys}
        columns={columns}
        rowKey={({ id }) => id}
        failure="Your passkeys could not be loaded"
        empty={
          <EmptyState
            py="lg"
            icon={<IconFingerprint aria-hidden />}
            title="No passkey yet"
            description="Until you add one, you sign in with a link that the panel’s console prints."
          />
        }
      />
      {passkeys.data && <AddPasskey />}
    </>
  )
}

const columns: Column<Passkey>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: ({ name, model, backedUp }) => (
      <>
        <bdi>{name}</bdi>
        <Text size="xs" c="dimmed">
          {[model, backedUp ? 'synced between your devices' : null].filter(Boolean).join(', ')}
        </Text>
      </>
    ),
  },
  {
    id: 'added',
    header: 'Added',
    width: '9rem',
    from: 'xs',
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  {
    id: 'used',
    header: 'Last used',
    width: '9rem',
    cell: ({ lastUsedAt }) => (lastUsedAt ? <RelativeTime at={lastUsedAt} /> : 'Never'),
  },
  {
    id: 'actions',
    header: 'Actions',
    headerHidden: true,
    width: '6.5rem',
    cell: (item) => <RemovePasskey item={item} />,
  },
]

function RemovePasskey({ item }: { item: Passkey }) {
  const [asking, dialog] = useDisclosure(false)
  const remove = useRemovePasskey(item.id, dialog.close)
  return (
    <>
      <DeedButton
        size="compact-sm"
        variant="default"
        aria-label={`Remove ${item.name}`}
        onClick={dialog.open}
      >
        Remove
      </DeedButton>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={`Remove the passkey “${item.name}”?`}
        confirmLabel="Remove"
        destructive
        failure="The passkey was not removed"
        deed={remove}
      >
        <Text ta="left">
          It no longer signs you in here. Your device may still offer it until you delete it there too.
        </Text>
      </ConfirmDialog>
    </>
  )
}
