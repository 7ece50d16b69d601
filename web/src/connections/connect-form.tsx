import {
  type Cloud,
  type Connection,
  type ConnectionSetup,
  clouds as cloudNames,
  createConnection,
} from '@keyroster/api/connections.ts'
import { Accordion, Alert, Button, Group, Loader, NativeSelect, Stack, TextInput, Title } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorSummary, messageFor, ProblemAlert } from '../ui/problem.tsx'
import { useFormErrors } from '../ui/use-form-errors.ts'
import { clouds } from './clouds.ts'
import { connectionBody, initialFields, wordsFor } from './connection-fields.ts'
import { setupQuery, useCreateConnection } from './connections.ts'
import { CredentialFields } from './credential-fields.tsx'
import { RegistrationGuide } from './registration-guide.tsx'

type Props = { onConnected: (connection: Connection) => void }

/** Guides through the customer's own app registration and takes what came of it. */
export function ConnectForm({ onConnected }: Props) {
  const setup = useQuery(setupQuery)
  return (
    <>
      <ProblemAlert
        error={setup.error}
        title="The form could not be loaded"
        onRetry={() => setup.refetch()}
      />
      {setup.isPending && <Loader aria-label="Loading the form" />}
      {setup.data && <Form setup={setup.data} onConnected={onConnected} />}
    </>
  )
}

/** Everything typed stays where it fails. */
function Form({ setup, onConnected }: Props & { setup: ConnectionSetup }) {
  const [fields, setFields] = useState(() => initialFields(setup.demo))
  const create = useCreateConnection()
  const { errors, check } = useFormErrors(createConnection, create.error, wordsFor(fields))
  const change = (some: Partial<typeof fields>) => setFields((before) => ({ ...before, ...some }))

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const body = check(connectionBody(fields))
    if (body) create.mutate(body, { onSuccess: onConnected })
  }

  return (
    <form onSubmit={submit} noValidate>
      {errors.length > 0 && <title>Error: Connect Microsoft Entra ID · Keyroster</title>}
      <Stack gap="lg">
        <ErrorSummary errors={errors} />
        <NativeSelect
          id="cloud"
          label="Cloud"
          description="Where your tenant lives. Most organizations are in the global cloud."
          value={fields.cloud}
          onChange={(event) => change({ cloud: event.currentTarget.value as Cloud })}
          data={cloudNames.map((value) => ({ value, label: clouds[value].label }))}
        />
        <Registration setup={setup} cloud={fields.cloud} credential={fields.credential} />
        <Title order={2}>Enter its values</Title>
        {setup.demo && (
          <Alert
            variant="light"
            color="gray"
            icon={<IconInfoCircle aria-hidden />}
            title="These are the demo’s values"
          >
            They belong to the local sample tenant Contoso that runs beside this panel. Nothing leaves this
            computer.
          </Alert>
        )}
        <TextInput
          id="tenant"
          label="Directory (tenant) ID or domain"
          description="Such as 00000000-0000-0000-0000-000000000000, or contoso.com"
          value={fields.tenant}
          error={messageFor(errors, 'tenant')}
          onChange={(event) => change({ tenant: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
        />
        <TextInput
          id="clientId"
          label="Application (client) ID"
          value={fields.clientId}
          error={messageFor(errors, 'clientId')}
          onChange={(event) => change({ clientId: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
        />
        <CredentialFields fields={fields} errors={errors} onChange={change} />
        {errors.length === 0 && <ProblemAlert error={create.error} title="The connection was not saved" />}
        <Group>
          <Button type="submit" loading={create.isPending}>
            Save connection
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Registration(props: { setup: ConnectionSetup; cloud: Cloud; credential: 'secret' | 'certificate' }) {
  const guide = <RegistrationGuide {...props} />
  if (!props.setup.demo) {
    return (
      <Stack gap="sm">
        <Title order={2}>Register Keyroster in your tenant</Title>
        {guide}
      </Stack>
    )
  }
  return (
    <Accordion variant="contained" order={2}>
      <Accordion.Item value="guide">
        <Accordion.Control>
          How to register Keyroster in a real tenant (the demo has done it)
        </Accordion.Control>
        <Accordion.Panel>{guide}</Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
}
