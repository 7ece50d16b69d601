import { goToMicrosoft, signInWays } from '@keyroster/api/admins.ts'
import type { ProblemCode } from '@keyroster/api/problem.ts'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { request } from '../request.ts'

/** What the sign-in page offers beside passkeys. */
export const waysQuery = queryOptions({
  queryKey: ['ways'],
  queryFn: ({ signal }) => request(signInWays, '/api/session/ways', { signal }),
  staleTime: 60_000,
})

type Trip = { returnTo: string; connectionId: string }

/** Asks where at Microsoft one signs in; the panel is left for it. */
export const useLeaveForMicrosoft = (path: '/api/session/microsoft' | '/api/session/microsoft/bind') =>
  useMutation({
    mutationFn: (body: Trip) => request(goToMicrosoft, path, { method: 'POST', body }),
    onSuccess: ({ url }) => window.location.assign(url),
  })

/** What a code on the way back from Microsoft means, and what to do next. */
const sentences: Partial<Record<ProblemCode, string>> = {
  microsoft_sign_in_off: 'Signing in with Microsoft is turned off here. Use a passkey, or ask an owner.',
  microsoft_account_unknown:
    'This Microsoft account is bound to nobody here. Sign in with a passkey first, then bind it under Your account.',
  admin_disabled: 'Your account here is disabled. Ask an owner.',
  already_admin: 'This Microsoft account is bound to somebody else here.',
  consent_declined: 'The sign-in was cancelled at Microsoft. Start over if that was not meant.',
  consent_expired:
    'The trip to Microsoft took longer than ten minutes, or was begun in another window. Start over.',
  tenant_mismatch:
    'You signed in with an account of another tenant. Start over with one of the connected tenant.',
  blocked_by_policy:
    'A Conditional Access policy of the tenant blocked the sign-in. Ask whoever keeps the policies to allow this app.',
  microsoft_unreachable:
    'Microsoft could not be reached from this server. Use a passkey, or try again later.',
  secret_wrong:
    'Microsoft refused the credential of the connection. Use a passkey; an admin must replace it.',
  secret_expired: 'The credential of the connection has expired. Use a passkey; an admin must replace it.',
  connection_not_ready: 'The connection to Microsoft does not work now. Use a passkey, or ask an admin.',
}

/** @param code as it stands in the address; anybody can write there, so an unknown one is not repeated */
export const microsoftProblem = (code: string): string =>
  sentences[code as ProblemCode] ?? 'Microsoft did not say who you are. Start over, or use a passkey.'
