import type { Connection } from '@keyroster/api/connections.ts'
import { Button, Group, Modal, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { ErrorSummary, type FieldError, ProblemAlert, problemOf } from '../ui/problem.tsx'
import { credentialBody, credentialErrors, refusedFields } from './connection-fields.ts'
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
  const [errors, setErrors] = useState<FieldError[]>([])
  const update = useUpdateConnection(connection.id)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = credentialErrors(fields)
    setErrors(found)
    if (found.length > 0) return
    update.mutate(
      { credential: credentialBody(fields) },
      {
        onSuccess: onClose,
        onError: (error) => {
          const problem = problemOf(error)
          if (problem) setErrors(refusedFields(problem, fields))
        },
      },
    )
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
