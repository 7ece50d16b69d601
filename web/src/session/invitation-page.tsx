import { offeredInvitation } from '@keyroster/api/admins.ts'
import { roleNames } from '@keyroster/api/roles.ts'
import { session } from '@keyroster/api/session.ts'
import { Anchor, Button, Loader, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link, useLocation, useNavigate } from 'react-router'
import { AddPasskey } from '../account/add-passkey.tsx'
import { paths } from '../paths.ts'
import { roleSentences } from '../people/role-words.ts'
import { request } from '../request.ts'
import { FactList } from '../ui/fact-list.tsx'
import { ProblemAlert } from '../ui/problem.tsx'
import { EntrancePage } from './entrance-page.tsx'
import { keepSession, useSession } from './session.ts'

/** What an invitation offers, its acceptance, and the passkey that signs in from then on. */
export function InvitationPage() {
  const { hash } = useLocation()
  const navigate = useNavigate()
  // The token leaves the address at once, so that it stays in no history.
  const [token] = useState(() => new URLSearchParams(hash.slice(1)).get('token') ?? '')
  useEffect(() => {
    if (hash !== '') navigate(paths.invitation(), { replace: true })
  }, [hash, navigate])
  const accept = useAccept()
  if (accept.data) return <Welcome name={accept.data.admin.name} />
  return (
    <EntrancePage title="You are invited">
      {token === '' ? (
        <Text>Open the link of the invitation again: it is not complete, or this page was reloaded.</Text>
      ) : (
        <Offer token={token} accept={accept} />
      )}
    </EntrancePage>
  )
}

function Offer({ token, accept }: { token: string; accept: ReturnType<typeof useAccept> }) {
  const current = useSession().data
  const offered = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) =>
      request(offeredInvitation, '/api/session/invitation/look', { method: 'POST', body: { token }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (offered.isPending) return <Loader aria-label="Loading the invitation" />
  if (!offered.data) {
    return (
      <ProblemAlert
        error={offered.error}
        title="This invitation lets nobody in"
        onRetry={() => offered.refetch()}
      />
    )
  }
  const { workspace, name, email, role } = offered.data
  return (
    <Stack>
      <FactList
        labelWidth="7rem"
        facts={[
          { label: 'Workspace', value: <bdi>{workspace}</bdi> },
          { label: 'You', value: <bdi>{name}</bdi> },
          { label: 'Email', value: <bdi>{email}</bdi> },
          { label: 'Role', value: `${roleNames[role]}. ${roleSentences[role]}` },
        ]}
      />
      {current && (
        <Text>
          You are signed in as <bdi>{current.admin.name}</bdi> now. Accepting signs you out of that.
        </Text>
      )}
      <ProblemAlert error={accept.error} title="The invitation was not accepted" />
      <Button loading={accept.isPending} onClick={() => accept.mutate(token)}>
        Accept the invitation
      </Button>
    </Stack>
  )
}

function useAccept() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (token: string) =>
      request(session, '/api/session/invitation', { method: 'POST', body: { token } }),
    onSuccess: (signedIn) => keepSession(client, signedIn),
  })
}

function Welcome({ name }: { name: string }) {
  const navigate = useNavigate()
  return (
    <EntrancePage title="Add a passkey">
      <Stack>
        <Text>
          Welcome, <bdi>{name}</bdi>. Your invitation is spent; from now on a passkey signs you in: your
          device’s lock or a security key. There is no password.
        </Text>
        <AddPasskey onAdded={() => navigate(paths.users(), { replace: true })} />
        <Text c="dimmed">
          Without one, only whoever runs the panel can let you in again, by a link from its console.{' '}
          <Anchor component={Link} to={paths.users()} replace size="sm" underline="always">
            Not now
          </Anchor>
        </Text>
      </Stack>
    </EntrancePage>
  )
}
