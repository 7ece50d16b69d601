import { roleNames } from '@keyroster/api/roles.ts'
import { type Session, session, updateProfile } from '@keyroster/api/session.ts'
import { Button, DataList, Group, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import type { z } from 'zod'
import { roleSentences } from '../people/role-words.ts'
import { request } from '../request.ts'
import { keepSession } from '../session/session.ts'
import { Fact } from '../ui/fact-list.tsx'
import { messageFor, ProblemAlert } from '../ui/problem.tsx'
import { useFormErrors } from '../ui/use-form-errors.ts'

const words = { name: 'Enter your name.', email: 'Enter an email address.' }

/** One's own name and email, which one may change, and the role, which only an owner may. */
export function Profile({ session: { admin } }: { session: Session }) {
  const [name, setName] = useState(admin.name)
  const [email, setEmail] = useState(admin.email ?? '')
  const save = useSaveProfile()
  const { errors, check } = useFormErrors(updateProfile, save.error, words)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const change = check({ name, ...(email.trim() && { email: email.trim() }) })
    if (!change) return document.getElementById(name.trim() === '' ? 'name' : 'email')?.focus()
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
            error={messageFor(errors, 'name')}
            onChange={(event) => setName(event.currentTarget.value)}
            miw="14rem"
          />
          <TextInput
            id="email"
            label="Email"
            type="email"
            value={email}
            autoComplete="email"
            error={messageFor(errors, 'email')}
            onChange={(event) => setEmail(event.currentTarget.value)}
            miw="14rem"
          />
        </Group>
        <DataList orientation="vertical">
          <Fact label="Role">
            <Text>{roleNames[admin.role]}</Text>
            <Text c="dimmed">{roleSentences[admin.role]} Only an owner can change your role.</Text>
          </Fact>
        </DataList>
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
    mutationFn: (body: z.infer<typeof updateProfile>) =>
      request(session, '/api/session/profile', { method: 'PATCH', body }),
    onSuccess: (changed) => keepSession(client, changed),
  })
}
