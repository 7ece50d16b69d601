import { roleNames } from '@keyroster/api/roles.ts'
import { type Session, session, updateProfile } from '@keyroster/api/session.ts'
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { roleSentences } from '../people/role-words.ts'
import { request } from '../request.ts'
import { keepSession } from '../session/session.ts'
import { type FieldError, fieldErrorsIn, fieldErrorsOf, messageFor, ProblemAlert } from '../ui/problem.tsx'

const words: Record<string, string> = { name: 'Enter your name.', email: 'Enter an email address.' }

/** One's own name and email, which one may change, and the role, which only an owner may. */
export function Profile({ session: { admin } }: { session: Session }) {
  const [name, setName] = useState(admin.name)
  const [email, setEmail] = useState(admin.email ?? '')
  const [found, setFound] = useState<FieldError[]>([])
  const save = useSaveProfile()
  const errors = found.length > 0 ? found : fieldErrorsOf(save.error)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const change = { name: name.trim(), ...(email.trim() && { email: email.trim() }) }
    const missing = fieldErrorsIn(updateProfile, change)
    setFound(missing)
    if (missing[0]) return document.getElementById(missing[0].field)?.focus()
    save.mutate(change, { onSuccess: () => notifications.show({ message: 'Account saved' }) })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <ProblemAlert error={save.error} title="Your account was not saved" />
        <Group align="flex-start" grow preventGrowOverflow={false} wrap="wrap">
          <TextInput
            id="name"
            label="Name"
            value={name}
            autoComplete="name"
            error={messageFor(errors, 'name') && words.name}
            onChange={(event) => setName(event.currentTarget.value)}
            miw="14rem"
          />
          <TextInput
            id="email"
            label="Email"
            type="email"
            value={email}
            autoComplete="email"
            error={messageFor(found, 'email') ? words.email : messageFor(errors, 'email')}
            onChange={(event) => setEmail(event.currentTarget.value)}
            miw="14rem"
          />
        </Group>
        <div>
          <Text fw={500}>{roleNames[admin.role]}</Text>
          <Text c="dimmed">{roleSentences[admin.role]} Only an owner can change your role.</Text>
        </div>
        <Group>
          <Button type="submit" variant="default" loading={save.isPending}>
            Save account
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function useSaveProfile() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: { name: string; email?: string }) =>
      request(session, '/api/session/profile', { method: 'PATCH', body }),
    onSuccess: (changed) => keepSession(client, changed),
  })
}
