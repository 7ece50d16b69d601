import type { ProblemCode } from '@keyroster/api/problem.ts'

export interface SignInFault {
  code: ProblemCode
  finding: string
  remedy: string | null
  /** Whether the same request may succeed later without anybody doing anything. */
  retryable?: boolean
}

const tryLater = { remedy: null, retryable: true }
const startAgain = 'Start again with Grant access.'

/**
 * What each AADSTS number means here. The codes and their texts may change, so an unknown one falls back to the OAuth
 * error: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
const faults: Record<number, SignInFault> = {
  7000215: {
    code: 'secret_wrong',
    finding: 'Microsoft does not accept the client secret.',
    remedy: 'Copy the secret’s Value (not its Secret ID) from Certificates & secrets, or make a new one.',
  },
  7000222: {
    code: 'secret_expired',
    finding: 'The client secret has expired.',
    remedy: 'Make a new one under Certificates & secrets and enter its value here.',
  },
  7000216: {
    code: 'secret_missing',
    finding: 'Microsoft received no credential for the app.',
    remedy: 'Enter a client secret, or let the panel make a certificate.',
  },
  7000218: {
    code: 'secret_missing',
    finding: 'Microsoft wants a credential to finish this sign-in and received none.',
    remedy:
      'Enter a client secret or a certificate, and register the redirect address under the Web platform.',
  },
  700016: {
    code: 'app_not_found',
    finding: 'There is no app with this client ID in this tenant.',
    remedy: 'Compare the application (client) ID and the tenant with the app registration’s Overview page.',
  },
  7000229: {
    code: 'consent_missing',
    finding: 'The app is not installed in this tenant yet.',
    remedy: 'Grant access as an admin of the tenant.',
  },
  7000112: {
    code: 'app_disabled',
    finding: 'An admin of the tenant has disabled the app.',
    remedy: 'In Entra under Enterprise applications, open the app and enable sign-in for it.',
  },
  90002: {
    code: 'tenant_not_found',
    finding: 'Microsoft knows no tenant with this ID or domain in this cloud.',
    remedy: 'Compare the tenant ID with Entra’s Overview page, and check the cloud that was chosen.',
  },
  90038: {
    code: 'tenant_in_other_cloud',
    finding: 'The tenant lives in another Microsoft cloud.',
    remedy: 'Connect it again and choose that cloud.',
  },
  700027: {
    code: 'certificate_not_registered',
    finding: 'Microsoft does not know the certificate that the panel signs with.',
    remedy: 'Download the certificate here and upload it under Certificates & secrets.',
  },
  700030: {
    code: 'certificate_not_allowed',
    finding: 'The tenant does not allow the certificate: its subject name is not authorized.',
    remedy: 'Allow this certificate in the app registration, or use a client secret.',
  },
  700024: {
    code: 'clock_off',
    finding: 'Microsoft finds the panel’s signature too early or too late: this machine’s clock is wrong.',
    remedy: 'Set the clock of the machine that runs the panel, for example by NTP.',
  },
  70021: {
    code: 'federated_credential_unknown',
    finding: 'No federated credential of the app matches.',
    remedy:
      'Compare issuer, subject and audience under Certificates & secrets; a new one takes some minutes.',
  },
  50194: {
    code: 'app_single_tenant',
    finding: 'The app is registered for its own tenant only.',
    remedy: 'Connect that tenant, or allow accounts of other tenants in the app registration.',
  },
  9001023: {
    code: 'app_misconfigured',
    finding: 'Microsoft signs an app in to one named tenant only, not to /common.',
    remedy: 'Enter the tenant ID or one of its domains.',
  },
  50011: {
    code: 'app_misconfigured',
    finding: 'The redirect address of this panel is not registered on the app.',
    remedy: 'Add the address shown in the connect form under Authentication, platform Web.',
  },
  500113: {
    code: 'app_misconfigured',
    finding: 'No redirect address is registered on the app.',
    remedy: 'Add the address shown in the connect form under Authentication, platform Web.',
  },
  900971: {
    code: 'app_misconfigured',
    finding: 'Microsoft received no redirect address.',
    remedy: 'Add the address shown in the connect form under Authentication, platform Web.',
  },
  65001: {
    code: 'consent_missing',
    finding: 'Nobody has granted the app access to this tenant.',
    remedy: 'Grant access as an admin of the tenant.',
  },
  65004: {
    code: 'consent_declined',
    finding: 'Access was declined on Microsoft’s page.',
    remedy: 'Start again with Grant access, and choose Accept.',
  },
  90094: {
    code: 'consent_needs_admin',
    finding: 'Only an admin can grant this access.',
    remedy: 'Ask a Privileged Role Administrator or Global Administrator of the tenant to grant it.',
  },
  90095: {
    code: 'consent_needs_admin',
    finding: 'A request for access was sent to the tenant’s admins; nothing is granted yet.',
    remedy: 'Ask them to approve it, then check again.',
  },
  90008: {
    code: 'app_misconfigured',
    finding: 'The app must be allowed to sign people in and read their profile.',
    remedy: 'Add the delegated permission User.Read to the app registration.',
  },
  650056: {
    code: 'app_misconfigured',
    finding: 'The app registration lists no permissions, or does not fit this tenant.',
    remedy: 'Add the permissions shown here under API permissions, and grant access again.',
  },
  50126: {
    code: 'sign_in_failed',
    finding: 'Microsoft did not accept the name or password.',
    remedy: startAgain,
  },
  50074: {
    code: 'sign_in_needs_interaction',
    finding: 'Microsoft asks for a second factor.',
    remedy: 'Start again with Grant access, and complete it there.',
  },
  50076: {
    code: 'sign_in_needs_interaction',
    finding: 'The tenant asks for multi-factor authentication from here.',
    remedy: 'Start again with Grant access, and complete it there.',
  },
  50079: {
    code: 'sign_in_needs_interaction',
    finding: 'The account must first set up multi-factor authentication.',
    remedy: 'Set it up at Microsoft, then start again with Grant access.',
  },
  53003: {
    code: 'blocked_by_policy',
    finding: 'A Conditional Access policy of the tenant blocks this sign-in.',
    remedy: 'Let an admin exclude the app, or this machine’s address, from that policy.',
  },
  50020: {
    code: 'sign_in_failed',
    finding: 'The account does not belong to this tenant.',
    remedy: 'Start again with Grant access, and sign in with an account of the tenant.',
  },
  54005: { code: 'sign_in_failed', finding: 'This sign-in was completed already.', remedy: startAgain },
  501481: {
    code: 'sign_in_failed',
    finding: 'This sign-in was begun somewhere else.',
    remedy: startAgain,
  },
  70011: {
    code: 'app_misconfigured',
    finding: 'Microsoft does not offer the requested access in this cloud.',
    remedy: 'Check the cloud that was chosen for the connection.',
  },
  50196: {
    code: 'throttled',
    finding: 'Microsoft saw too many sign-ins of the app and pauses it.',
    ...tryLater,
  },
  90055: { code: 'throttled', finding: 'Microsoft is slowing down sign-ins of this tenant.', ...tryLater },
  50033: { code: 'microsoft_failed', finding: 'Microsoft’s sign-in failed for a moment.', ...tryLater },
  90033: {
    code: 'microsoft_failed',
    finding: 'Microsoft’s sign-in is unavailable for a moment.',
    ...tryLater,
  },
  90024: { code: 'microsoft_failed', finding: 'Microsoft’s sign-in is busy for a moment.', ...tryLater },
}

/** What an OAuth error means whose AADSTS number is unknown or absent. */
const byOauthError: Record<string, SignInFault> = {
  access_denied: faults[65004]!,
  permission_denied: faults[65004]!,
  consent_required: faults[65001]!,
  interaction_required: {
    code: 'sign_in_needs_interaction',
    finding: 'Microsoft asks for something that only a person can do.',
    remedy: startAgain,
  },
  login_required: {
    code: 'sign_in_needs_interaction',
    finding: 'Nobody is signed in at Microsoft.',
    remedy: startAgain,
  },
  invalid_client: {
    code: 'secret_wrong',
    finding: 'Microsoft does not accept the app’s credential.',
    remedy: 'Make a new secret or certificate and enter it here.',
  },
  unauthorized_client: {
    code: 'app_misconfigured',
    finding: 'Microsoft does not let this app sign in this way.',
    remedy: 'Compare the app registration with the steps of the connect form.',
  },
  temporarily_unavailable: faults[90033]!,
  server_error: faults[50033]!,
}

const unknownFault: SignInFault = {
  code: 'sign_in_failed',
  finding: 'Microsoft refused the sign-in.',
  remedy: 'Check the app registration, then start again.',
}

/**
 * The AADSTS number of an error body or of a redirect, and what it means.
 *
 * `codes` is the body's `error_codes`; a redirect has only `description`, whose beginning carries the number.
 */
export function signInFault(
  error: string,
  codes: readonly number[],
  description: string,
): SignInFault & { graphCode: string } {
  const number = codes[0] ?? Number(/^AADSTS(\d+)/.exec(description)?.[1] ?? Number.NaN)
  const graphCode = Number.isNaN(number) ? error : `AADSTS${number}`
  const fault = faults[number] ?? (Object.hasOwn(byOauthError, error) ? byOauthError[error] : undefined)
  return { ...(fault ?? unknownFault), graphCode }
}
