import { type Connection, updateConnection } from '@keyroster/api/connections.ts'
import { Button, Group, Modal, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ErrorSummary, ProblemAlert } from '../ui/problem.tsx'
import { useFormErrors } from '../ui/use-form-errors.ts'
import { credentialBody, wordsFor } from './connection-fields.ts'
import { useUpdateConnection } from './connections.ts'
import { CredentialFields } from './credential-fields.tsx'

type Props = { connection: Connection; opened: boolean; onClose: () => void }

/** Asks for another secret, or makes another certificate; the old credential is gone once the new one is stored. */
export function ReplaceCredential({ connection, opened, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Replace the credential"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <CredentialForm connection={connection} onClose={onClose} />
    </Modal>
  )
}

function CredentialForm({ connection, onClose }: Omit<Props, 'opened'>) {
  const [fields, setFields] = useState({ credential: connection.credential.kind, secret: '' })
  const update = useUpdateConnection(connection.id)
  const { errors, check } = useFormErrors(updateConnection, update.error, wordsFor(fields))

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const change = check({ credential: credentialBody(fields) })
    if (change) update.mutate(change, { onSuccess: onClose })
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ErrorSummary errors={errors} />
        {errors.length === 0 && <ProblemAlert error={update.error} title="The credential was not replaced" />}
        <CredentialFields
          fields={fields}
          errors={errors}
          onChange={(some) => setFields((before) => ({ ...before, ...some }))}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={update.isPending}>
            Replace credential
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
