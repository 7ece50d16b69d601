import { addPasskey } from '@keyroster/api/session.ts'
import { Alert, Button, Group, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type SubmitEvent, useState } from 'react'
import { browserRefusal, useAddPasskey } from '../session/passkeys.ts'
import { type FieldError, fieldErrorsIn, messageFor, ProblemAlert } from '../ui/problem.tsx'

const nameOnly = addPasskey.pick({ name: true })

/** Makes a passkey under a name that tells it from others. */
export function AddPasskey({ onAdded }: { onAdded?: () => void }) {
  const [name, setName] = useState('')
  const [errors, setErrors] = useState<FieldError[]>([])
  const add = useAddPasskey()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const found = fieldErrorsIn(nameOnly, { name })
    setErrors(found)
    if (found.length > 0) {
      document.getElementById('passkey-name')?.focus()
      return
    }
    add.mutate(name.trim(), {
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
