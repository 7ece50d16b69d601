import { type Connection, updateConnection } from '@keyroster/api/connections.ts'
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { messageFor, ProblemAlert } from '../ui/problem.tsx'
import { useFormErrors } from '../ui/use-form-errors.ts'
import { useUpdateConnection } from './connections.ts'

const words = { name: 'Enter a name of up to 80 characters.' }

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
  const update = useUpdateConnection(connection.id)
  const { errors, check } = useFormErrors(updateConnection, update.error, words)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const change = check({ name })
    if (!change) return document.getElementById('name')?.focus()
    update.mutate(change, { onSuccess: onClose })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          id="name"
          label="Name"
          value={name}
          error={messageFor(errors, 'name')}
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
