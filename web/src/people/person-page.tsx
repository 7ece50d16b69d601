import { type Admin, updateAdmin } from '@keyroster/api/admins.ts'
import { roleNames } from '@keyroster/api/roles.ts'
import { Anchor, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { Link, useParams } from 'react-router'
import { SessionList } from '../account/session-list.tsx'
import { sessionsOf } from '../account/sessions.ts'
import { formatCounted } from '../format.ts'
import { paths } from '../paths.ts'
import { useWhyNot } from '../session/may.ts'
import { NotFoundPage } from '../shell/not-found-page.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { DeedButton } from '../ui/deed-button.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import { FactList } from '../ui/fact-list.tsx'
import { Page } from '../ui/page.tsx'
import { messageFor, ProblemAlert } from '../ui/problem.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { Section } from '../ui/section.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'
import { useFormErrors } from '../ui/use-form-errors.ts'
import { adminsQuery, useUpdateAdmin } from './people.ts'
import { RoleChoice } from './role-choice.tsx'

/** One person who may sign in: what they are, and where they are signed in. */
export function PersonPage() {
  const { id = '' } = useParams()
  const admins = useQuery(adminsQuery)
  const person = admins.data?.items.find((admin) => admin.id === id)
  if (person) return <LoadedPerson person={person} key={id} />
  if (admins.data) return <NotFoundPage what="person" />
  return (
    <Page title="Person" parent={<ToPeople />}>
      <ProblemAlert
        error={admins.error}
        title="This person could not be loaded"
        onRetry={() => admins.refetch()}
      />
      {admins.isPending && <Skeleton h={320} />}
    </Page>
  )
}

function LoadedPerson({ person }: { person: Admin }) {
  const refused = useWhyNot('sessions.end-any')
  return (
    <Page
      title={person.name}
      heading={<DirectoryText>{person.name}</DirectoryText>}
      width="text"
      parent={<ToPeople />}
      description={
        <Group gap="xs">
          {person.disabledAt ? (
            <StatusBadge tone="quiet">Disabled</StatusBadge>
          ) : (
            <StatusBadge tone="good">Active</StatusBadge>
          )}
          <span>{person.self ? `${roleNames[person.role]}. This is you.` : roleNames[person.role]}</span>
        </Group>
      }
      action={<DisableOrEnable person={person} />}
    >
      <FactList facts={factsOf(person)} />
      <Section title="Name and role">
        <EditPerson person={person} />
      </Section>
      <Section title="Sessions" description="Where they are signed in now.">
        {refused === null ? <SessionList url={sessionsOf(person.id)} /> : <Text c="dimmed">{refused}</Text>}
      </Section>
    </Page>
  )
}

const factsOf = (person: Admin) => [
  { label: 'Email', value: person.email ? <DirectoryText>{person.email}</DirectoryText> : 'Not set' },
  {
    label: 'Signs in with',
    value: [formatCounted(person.passkeys, 'passkey'), person.microsoft ? 'a Microsoft account' : null]
      .filter(Boolean)
      .join(' and '),
  },
  { label: 'Last seen', value: person.lastSeenAt ? <RelativeTime at={person.lastSeenAt} /> : 'Never' },
  { label: 'Added', value: <RelativeTime at={person.createdAt} /> },
  ...(person.disabledAt ? [{ label: 'Disabled', value: <RelativeTime at={person.disabledAt} /> }] : []),
]

const words = { name: 'Enter a name.' }

function EditPerson({ person }: { person: Admin }) {
  const [name, setName] = useState(person.name)
  const [role, setRole] = useState(person.role)
  const update = useUpdateAdmin(person.id)
  const { errors, check } = useFormErrors(updateAdmin, update.error, words)
  const refused = useWhyNot('admins.edit')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const change = check({ name, role })
    if (!change) return document.getElementById('name')?.focus()
    update.mutate(change, { onSuccess: () => notifications.show({ message: 'Person saved' }) })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <ProblemAlert error={update.error} title="The person was not changed" />
        <TextInput
          id="name"
          label="Name"
          value={name}
          maxLength={100}
          autoComplete="off"
          disabled={refused !== null}
          error={messageFor(errors, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <RoleChoice value={role} disabled={refused !== null} onChange={setRole} />
        <Group>
          <DeedButton type="submit" unavailable={refused} loading={update.isPending}>
            Save person
          </DeedButton>
        </Group>
      </Stack>
    </form>
  )
}

/** Locks somebody out, sessions and tokens at once, or lets them in again. */
function DisableOrEnable({ person }: { person: Admin }) {
  const [asking, dialog] = useDisclosure(false)
  const refused = useWhyNot('admins.edit')
  const update = useUpdateAdmin(person.id)
  // Kept while the dialog closes, when the person is the other already.
  const [enabled, setEnabled] = useState(person.disabledAt === null)
  const verb = enabled ? 'Disable' : 'Enable'
  const ask = () => {
    setEnabled(person.disabledAt === null)
    dialog.open()
  }
  return (
    <>
      <DeedButton
        variant="default"
        unavailable={refused ?? (person.self ? 'Another owner can disable you. You cannot yourself.' : null)}
        onClick={ask}
      >
        {person.disabledAt === null ? 'Disable' : 'Enable'}
      </DeedButton>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={
          <>
            {verb} <bdi>{person.name}</bdi>?
          </>
        }
        confirmLabel={verb}
        destructive={enabled}
        failure={enabled ? 'The person was not disabled' : 'The person was not enabled'}
        deed={{
          ...update,
          mutate: () =>
            update.mutate(
              { disabled: enabled },
              {
                onSuccess: () => {
                  dialog.close()
                  notifications.show({ message: enabled ? 'Person disabled' : 'Person enabled' })
                },
              },
            ),
        }}
      >
        <Text>
          {enabled
            ? 'They are signed out everywhere at once, and their API tokens stop working. What they did stays in the audit log under their name.'
            : 'They may sign in again with the passkeys they have. Their former sessions stay ended.'}
        </Text>
      </ConfirmDialog>
    </>
  )
}

function ToPeople() {
  return (
    <Anchor component={Link} to={paths.people()} size="sm">
      People
    </Anchor>
  )
}
