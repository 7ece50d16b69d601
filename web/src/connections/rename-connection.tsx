import { type Connection, updateConnection } from '@keyroster/api/connections.ts'
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ProblemAlert } from '../ui/problem.tsx'
import { useUpdateConnection } from './connections.ts'

type Props = { connection: Connection; opened: boolean; onClose: () => void }

/** Asks for another name of the connection; Microsoft never sees it. */
export function RenameConnection(props: Props) {
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title="Rename the connection"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <NameForm {...props} />
    </Modal>
  )
}

function NameForm({ connection, onClose }: Props) {
  const [name, setName] = useState(connection.name)
  const [error, setError] = useState<string>()
  const update = useUpdateConnection(connection.id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!updateConnection.safeParse({ name }).success) {
      setError('Enter a name of up to 80 characters.')
      document.getElementById('name')?.focus()
      return
    }
    setError(undefined)
    update.mutate({ name }, { onSuccess: onClose })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          id="name"
          label="Name"
          value={name}
          error={error}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <ProblemAlert error={update.error} title="The connection was not renamed" />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={update.isPending}>
            Rename connection
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
