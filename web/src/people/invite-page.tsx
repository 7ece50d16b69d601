import { createInvitation, type Invitation } from '@keyroster/api/admins.ts'
import { type Role, roleNames } from '@keyroster/api/roles.ts'
import { Alert, Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { type SubmitEvent, useState } from 'react'
import { Link } from 'react-router'
import { formatMoment } from '../format.ts'
import { paths } from '../paths.ts'
import { CopyValue } from '../ui/copy-value.tsx'
import { Page } from '../ui/page.tsx'
import { ErrorSummary, messageFor, ProblemAlert } from '../ui/problem.tsx'
import { type FormErrors, useFormErrors } from '../ui/use-form-errors.ts'
import { type Invite, useInvite } from './people.ts'
import { RoleChoice } from './role-choice.tsx'

const words = {
  name: 'Enter their name.',
  email: 'Enter their email address.',
  role: 'Choose a role.',
}

/** Invites somebody to sign in to the panel by a link that works once. */
export function InvitePage() {
  const invite = useInvite()
  const form = useFormErrors(createInvitation, invite.error, words)
  return (
    <Page
      title={form.errors.length > 0 || invite.isError ? 'Error: Invite somebody' : 'Invite somebody'}
      heading="Invite somebody"
      width="text"
      parent={
        <Anchor component={Link} to={paths.people()} size="sm">
          People
        </Anchor>
      }
    >
      {invite.data ? (
        <Invited {...invite.data} onAnother={invite.reset} />
      ) : (
        <InviteForm invite={invite} {...form} />
      )}
    </Page>
  )
}

type InviteFormProps = FormErrors<Invite> & { invite: ReturnType<typeof useInvite> }

function InviteForm({ invite, errors, check }: InviteFormProps) {
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role | null>(null)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const body = check({ name, email: email.trim(), role })
    if (body) invite.mutate(body)
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        <ErrorSummary errors={errors} />
        {errors.length === 0 && <ProblemAlert error={invite.error} title="Nobody was invited" />}
        <TextInput
          id="name"
          label="Name"
          value={name}
          autoComplete="off"
          error={messageFor(errors, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          id="email"
          label="Email"
          type="email"
          description="The invitation is for this address. The panel sends no mail: you hand the link over yourself."
          value={email}
          autoComplete="off"
          error={messageFor(errors, 'email')}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <RoleChoice value={role} error={messageFor(errors, 'role')} onChange={setRole} />
        <Group gap="xs">
          <Button type="submit" loading={invite.isPending}>
            Make the invitation
          </Button>
          <Button variant="default" component={Link} to={paths.people()}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

type InvitedProps = { invitation: Invitation; link: string; onAnother: () => void }

function Invited({ invitation: { name, email, role, expiresAt }, link, onAnother }: InvitedProps) {
  return (
    <Stack gap="lg" align="flex-start">
      <Alert
        color="green"
        role="status"
        icon={<IconCircleCheck aria-hidden />}
        title={
          <>
            <bdi>{name}</bdi> is invited as {roleNames[role].toLowerCase()}
          </>
        }
      >
        <Text>
          Send this link to <bdi>{email}</bdi> on a way that only they read. Whoever opens it first is let in,
          once, until {formatMoment(expiresAt)}. It is not shown again.
        </Text>
      </Alert>
      <CopyValue value={link} name="the invitation link" />
      <Group gap="xs">
        <Button component={Link} to={paths.people()}>
          Done
        </Button>
        <Button variant="default" onClick={onAnother}>
          Invite somebody else
        </Button>
      </Group>
    </Stack>
  )
}
