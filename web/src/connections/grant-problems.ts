import type { ProblemCode } from '@keyroster/api/problem.ts'

type Words = { happened: string; next: string }

const startOver = 'Choose Grant access to start over.'

/** What a code on the way back from Microsoft means, and what the admin does next. */
const words: Partial<Record<ProblemCode, Words>> = {
  consent_declined: {
    happened: 'Access was not granted: the request was cancelled at Microsoft.',
    next: startOver,
  },
  consent_needs_admin: {
    happened:
      'Access was not granted: the account you signed in with may not consent for the whole organization.',
    next: 'Start over and sign in as a Privileged Role Administrator or Global Administrator.',
  },
  consent_expired: {
    happened: 'The trip to Microsoft took longer than ten minutes, or was begun in another session.',
    next: startOver,
  },
  consent_missing: {
    happened: 'Microsoft does not know of a consent for this app registration.',
    next: 'Start over and accept the permissions. A consent can take a few minutes to arrive; then choose Check again.',
  },
  permission_missing: {
    happened: 'Access was granted, but not every permission came with it.',
    next: 'Add the missing application permissions to the app registration, then start over.',
  },
  tenant_mismatch: {
    happened: 'You signed in to a different tenant than the one of this connection.',
    next: 'Start over with an account of this connection’s tenant, or correct the tenant by connecting anew.',
  },
  tenant_not_found: {
    happened: 'Microsoft does not know this tenant.',
    next: 'Check the tenant ID and the cloud. Both are chosen when a connection is made: delete this one and connect anew.',
  },
  tenant_in_other_cloud: {
    happened: 'This tenant lives in another Microsoft cloud.',
    next: 'Delete this connection and connect anew with the other cloud.',
  },
  app_not_found: {
    happened: 'The app registration was not found in this tenant.',
    next: 'Compare the application (client) ID with the registration’s Overview, then start over.',
  },
  app_disabled: {
    happened: 'The app is disabled in this tenant.',
    next: 'In Entra, open Enterprise applications, the app, Properties, and allow users to sign in. Then start over.',
  },
  app_misconfigured: {
    happened: 'The app registration is incomplete.',
    next: 'Check its redirect URI and its permissions against the steps of the connect form, then start over.',
  },
  secret_wrong: {
    happened: 'Microsoft refused the client secret.',
    next: 'Replace the credential with the secret’s Value (not the Secret ID), then start over.',
  },
  secret_expired: {
    happened: 'The client secret has expired.',
    next: 'Create a new secret in Entra, replace the credential here, then start over.',
  },
  certificate_not_registered: {
    happened: 'Microsoft does not know the certificate.',
    next: 'Download it here and upload it to the app registration, then start over.',
  },
  clock_off: {
    happened: 'This server’s clock differs from Microsoft’s by more than two minutes.',
    next: 'Set the server’s clock, then start over.',
  },
  blocked_by_policy: {
    happened: 'A Conditional Access policy of the tenant blocked the sign-in.',
    next: 'Ask whoever keeps the policies to allow this app, then start over.',
  },
  microsoft_unreachable: {
    happened: 'Microsoft could not be reached from this server.',
    next: 'Check the server’s network, then start over.',
  },
  connection_already_exists: {
    happened: 'Another connection of this workspace already belongs to this tenant.',
    next: 'Use that connection, and delete this one.',
  },
}

/** @param code as it stands in the address; anybody can write there, so an unknown one is not repeated */
export function grantProblem(code: string): Words {
  return (
    words[code as ProblemCode] ?? {
      happened: 'Microsoft did not grant access.',
      next: 'See the checks for what is missing, then start over.',
    }
  )
}
