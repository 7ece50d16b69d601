import { addPasskey, type Passkey } from '@keyroster/api/session.ts'
import {
  Alert,
  Button,
  EmptyState,
  Group,
  Skeleton,
  Stack,
  Table,
  Text,
  TextInput,
  VisuallyHidden,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconFingerprint } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Page } from '../ui/page.tsx'
import { type FieldError, fieldErrorsIn, messageFor, ProblemAlert } from '../ui/problem.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { browserRefusal, passkeysQuery, useAddPasskey, useRemovePasskey } from './passkeys.ts'

/** One's own passkeys: add, name, remove. */
export function PasskeysPage() {
  const passkeys = useQuery(passkeysQuery)
  const { data, error } = passkeys
  return (
    <Page
      title="Passkeys"
      width="text"
      description="A passkey signs you in with your device’s lock or a security key. There is no password."
    >
      <ProblemAlert
        error={error}
        title="Your passkeys could not be loaded"
        onRetry={() => passkeys.refetch()}
      />
      {passkeys.isPending && <Skeleton h={64} />}
      {data?.items.length === 0 && (
        <EmptyState
          py="lg"
          icon={<IconFingerprint aria-hidden />}
          title="No passkey yet"
          description="Until you add one, you sign in with a link that the panel’s console prints."
        />
      )}
      {data && data.items.length > 0 && <PasskeyTable items={data.items} />}
      {data && <AddPasskey />}
    </Page>
  )
}

function PasskeyTable({ items }: { items: Passkey[] }) {
  return (
    <Table aria-label="Passkeys">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th visibleFrom="xs">Added</Table.Th>
          <Table.Th>Last used</Table.Th>
          <Table.Th>
            <VisuallyHidden>Actions</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((item) => (
          <PasskeyRow key={item.id} item={item} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function PasskeyRow({ item }: { item: Passkey }) {
  const [asking, dialog] = useDisclosure(false)
  const remove = useRemovePasskey(item.id, dialog.close)
  return (
    <Table.Tr>
      <Table.Td>
        <bdi>{item.name}</bdi>
        {item.backedUp && (
          <Text size="xs" c="dimmed">
            Synced between your devices
          </Text>
        )}
      </Table.Td>
      <Table.Td visibleFrom="xs">
        <RelativeTime at={item.createdAt} />
      </Table.Td>
      <Table.Td>{item.lastUsedAt ? <RelativeTime at={item.lastUsedAt} /> : 'Never'}</Table.Td>
      <Table.Td ta="right">
        <Button size="compact-sm" variant="default" aria-label={`Remove ${item.name}`} onClick={dialog.open}>
          Remove
        </Button>
        <ConfirmDialog
          opened={asking}
          onClose={dialog.close}
          title={`Remove the passkey “${item.name}”?`}
          confirmLabel="Remove"
          destructive
          failure="The passkey was not removed"
          deed={remove}
        >
          <Text>
            It no longer signs you in here. Your device may still offer it until you delete it there too.
          </Text>
        </ConfirmDialog>
      </Table.Td>
    </Table.Tr>
  )
}

const nameOnly = addPasskey.pick({ name: true })

function AddPasskey() {
  const [name, setName] = useState('')
  const [errors, setErrors] = useState<FieldError[]>([])
  const add = useAddPasskey()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const found = fieldErrorsIn(nameOnly, { name })
    setErrors(found)
    if (found.length > 0) {
      document.getElementById('name')?.focus()
      return
    }
    add.mutate(name.trim(), {
      onSuccess: () => {
        setName('')
        notifications.show({ message: 'Passkey added' })
      },
    })
  }
  const refusal = browserRefusal(add.error)
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {refusal ? (
          <Alert color="yellow" variant="light" role="alert">
            {refusal}
          </Alert>
        ) : (
          <ProblemAlert error={add.error} title="The passkey was not added" />
        )}
        <Group align="flex-end" gap="xs">
          <TextInput
            id="name"
            label="Name of the new passkey"
            description="Such as the device it is on"
            value={name}
            maxLength={60}
            error={messageFor(errors, 'name') && 'Enter a name.'}
            onChange={(event) => setName(event.currentTarget.value)}
            flex="1 1 16rem"
          />
          <Button type="submit" loading={add.isPending}>
            Add a passkey
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
