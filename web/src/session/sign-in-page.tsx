import { session } from '@keyroster/api/session.ts'
import { Alert, Button, Code, Divider, Loader, Text } from '@mantine/core'
import { IconBrandWindows, IconFingerprint } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Navigate, useLocation, useNavigate, useSearchParams } from 'react-router'
import { paths } from '../paths.ts'
import { request } from '../request.ts'
import { ProblemAlert } from '../ui/problem.tsx'
import classes from './entrance-page.module.css'
import { EntrancePage } from './entrance-page.tsx'
import { useLeaveForMicrosoft, waysQuery } from './microsoft.ts'
import { MicrosoftReturn } from './microsoft-return.tsx'
import { browserRefusal, useSignInByPasskey } from './passkeys.ts'
import { keepSession, useSession } from './session.ts'

/** Signs in by the one-time link in the address, by a passkey, or with Microsoft. */
export function SignInPage() {
  const { state, hash } = useLocation()
  const current = useSession()
  const token = new URLSearchParams(hash.slice(1)).get('token')
  const link = useSpendLink(token)
  if (current.data && !token && !link.isPending) return <Navigate to={comeFrom(state)} replace />
  const working = token !== null || link.isPending
  return (
    <EntrancePage title="Sign in to Keyroster">
      {working ? (
        <Text role="status" component="div" className={classes.working}>
          <Loader size="sm" aria-hidden /> Signing you in
        </Text>
      ) : (
        <SignInChoices linkError={link.error} />
      )}
    </EntrancePage>
  )
}

function SignInChoices({ linkError }: { linkError: Error | null }) {
  const [params] = useSearchParams()
  const passkey = useSignInByPasskey()
  const refusal = browserRefusal(passkey.error)
  return (
    <>
      <ProblemAlert error={linkError} title="The link did not sign you in" />
      <MicrosoftReturn problem={params.get('problem')} title="Microsoft did not sign you in" />
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
      <MicrosoftChoice />
      <Divider />
      <Text c="dimmed">
        No passkey yet, or lost it? On the machine that runs the panel,{' '}
        <Code>npx keyroster sign-in-link --admin EMAIL</Code> prints a new link that signs you in once.
      </Text>
    </>
  )
}

/** Sign in with Microsoft, by tenant where there are several; nothing where no owner turned it on. */
function MicrosoftChoice() {
  const { state } = useLocation()
  const ways = useQuery(waysQuery)
  const leave = useLeaveForMicrosoft('/api/session/microsoft')
  const tenants = ways.data?.microsoft ? ways.data.tenants : []
  return (
    <>
      <ProblemAlert error={leave.error} title="Microsoft could not be opened" />
      {tenants.map(({ connectionId, name }) => (
        <Button
          key={connectionId}
          variant="default"
          leftSection={<IconBrandWindows size={18} aria-hidden />}
          loading={leave.isPending || leave.isSuccess}
          onClick={() => leave.mutate({ returnTo: comeFrom(state), connectionId })}
        >
          {tenants.length > 1 ? `Sign in with Microsoft as ${name}` : 'Sign in with Microsoft'}
        </Button>
      ))}
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
    onSuccess: (signedIn) => keepSession(client, signedIn),
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
