import { addPasskey } from '@keyroster/api/session.ts'
import { Alert, Button, Group, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type SubmitEvent, useState } from 'react'
import { browserRefusal, useAddPasskey } from '../session/passkeys.ts'
import { messageFor, ProblemAlert } from '../ui/problem.tsx'
import { useFormErrors } from '../ui/use-form-errors.ts'

const nameOnly = addPasskey.pick({ name: true })
const words = { name: 'Enter a name.' }

/** Makes a passkey under a name that tells it from others. */
export function AddPasskey({ onAdded }: { onAdded?: () => void }) {
  const [name, setName] = useState('')
  const add = useAddPasskey()
  const { errors, check } = useFormErrors(nameOnly, add.error, words)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const body = check({ name })
    if (!body) return document.getElementById('passkey-name')?.focus()
    add.mutate(body.name, {
      onSuccess: () => {
        setName('')
        notifications.show({ message: 'Passkey added' })
        onAdded?.()
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
            id="passkey-name"
            label="Name of the new passkey"
            description="Such as the device it is on"
            value={name}
            maxLength={60}
            error={messageFor(errors, 'name')}
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
