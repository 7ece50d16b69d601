import { session } from '@keyroster/api/session.ts'
import { Alert, Button, Code, Divider, Loader, Paper, Stack, Text, Title } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Navigate, useLocation, useNavigate } from 'react-router'
import { paths } from '../paths.ts'
import { request } from '../request.ts'
import { ProblemAlert } from '../ui/problem.tsx'
import { browserRefusal, useSignInByPasskey } from './passkeys.ts'
import { sessionKey, useSession } from './session.ts'
import classes from './sign-in-page.module.css'

/** Signs in by the one-time link in the address, or by a passkey. */
export function SignInPage() {
  const { state, hash } = useLocation()
  const current = useSession()
  const token = new URLSearchParams(hash.slice(1)).get('token')
  const link = useSpendLink(token)
  if (current.data && !token && !link.isPending) return <Navigate to={comeFrom(state)} replace />
  const working = token !== null || link.isPending
  return (
    <main className={classes.page}>
      <title>Sign in · Keyroster</title>
      <Paper withBorder p="xl" w="100%" maw="26rem">
        <Stack gap="lg">
          <div className={classes.brand}>
            <img src="/mark.svg" alt="" width={40} height={40} />
            <Title order={1}>Sign in to Keyroster</Title>
          </div>
          {working ? (
            <Text role="status" component="div" className={classes.working}>
              <Loader size="sm" aria-hidden /> Signing you in
            </Text>
          ) : (
            <SignInChoices linkError={link.error} />
          )}
        </Stack>
      </Paper>
    </main>
  )
}

function SignInChoices({ linkError }: { linkError: Error | null }) {
  const passkey = useSignInByPasskey()
  const refusal = browserRefusal(passkey.error)
  return (
    <>
      <ProblemAlert error={linkError} title="The link did not sign you in" />
      {refusal ? (
        <Alert color="yellow" variant="light" role="alert">
          {refusal}
        </Alert>
      ) : (
        <ProblemAlert error={passkey.error} title="The passkey did not sign you in" />
      )}
      <Button
        leftSection={<IconFingerprint size={18} aria-hidden />}
        loading={passkey.isPending}
        onClick={() => passkey.mutate()}
      >
        Sign in with a passkey
      </Button>
      <Divider />
      <Text c="dimmed">
        No passkey yet, or lost it? On the machine that runs the panel,{' '}
        <Code>npx keyroster sign-in-link</Code> prints a new link that signs you in once.
      </Text>
    </>
  )
}

/** Spends the link's token once, and takes it out of the address at once, so that it stays in no history. */
function useSpendLink(token: string | null) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const link = useMutation({
    mutationFn: (spent: string) =>
      request(session, '/api/session/link', { method: 'POST', body: { token: spent } }),
    onSuccess: (signedIn) => client.setQueryData(sessionKey, signedIn),
  })
  const { mutate } = link
  useEffect(() => {
    if (token === null) return
    mutate(token)
    navigate(paths.signIn(), { replace: true })
  }, [token, mutate, navigate])
  return link
}

const comeFrom = (state: unknown) =>
  typeof state === 'object' && state !== null && 'from' in state && typeof state.from === 'string'
    ? state.from
    : paths.users()
