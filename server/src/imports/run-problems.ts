import type { ProblemCode } from '@keyroster/api/problem.ts'

const check =
  'Open the connection and check it: the table there names what to mend. Then start the import again.'

/** The deed that mends what made a run fail; null where starting again is all there is. */
const remedies: Partial<Record<ProblemCode, string>> = {
  permission_missing: 'Grant the missing permission on the connection’s page, then start the import again.',
  consent_missing: 'Grant access on the connection’s page, then start the import again.',
  connection_not_ready: check,
  app_not_found: check,
  app_disabled: check,
  secret_expired:
    'Make a new client secret in Entra, enter it on the connection’s page, then start the import again.',
  secret_wrong: 'Enter the secret’s value on the connection’s page, then start the import again.',
  certificate_not_registered: check,
  tenant_not_found: check,
  blocked_by_policy: check,
  clock_off: 'Set the clock of this server, then start the import again.',
  next_link_refused:
    'Check which Graph address this panel is configured with, and what stands between it and Microsoft.',
  directory_changed_while_reading: 'Start the import again at a quieter time, or choose fewer groups.',
}

export const runRemedy = (code: ProblemCode): string | null => remedies[code] ?? null
