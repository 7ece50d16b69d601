import { z } from 'zod'

/** Every stable problem code a person or a script may meet; new codes are added, never renamed. */
const problemCodes = [
  // requests
  'bad_request',
  'not_found',
  'not_signed_in',
  'not_allowed',
  'step_up_needed',
  'cross_site_refused',
  'link_spent',
  'passkey_refused',
  'last_passkey',
  'last_owner',
  'already_admin',
  'admin_disabled',
  'microsoft_sign_in_off',
  'microsoft_account_unknown',
  'token_scope_too_wide',
  'too_many_requests',
  'internal_error',
  // users and groups
  'email_already_used',
  'managed_by_directory',
  // imports
  'import_already_running',
  'plan_outdated',
  'import_not_ready',
  'import_finished',
  'suspensions_not_acknowledged',
  'nothing_to_retry',
  'changed_since_review',
  'directory_user_invalid',
  'write_failed',
  'too_many_failures',
  // connections
  'connection_in_use',
  'connection_not_ready',
  'connection_already_exists',
  'credential_looks_like_id',
  'tenant_mismatch',
  'consent_declined',
  'consent_needs_admin',
  'consent_expired',
  'consent_missing',
  'permission_missing',
  'tenant_not_found',
  'tenant_in_other_cloud',
  'app_not_found',
  'app_disabled',
  'app_single_tenant',
  'app_misconfigured',
  'secret_wrong',
  'secret_expired',
  'secret_missing',
  'certificate_not_registered',
  'certificate_not_allowed',
  'federated_credential_unknown',
  'clock_off',
  'blocked_by_policy',
  'sign_in_failed',
  'sign_in_needs_interaction',
  'microsoft_unreachable',
  'microsoft_failed',
  'throttled',
  'directory_changed_while_reading',
  'next_link_refused',
  'next_link_loop',
  'group_gone',
  'group_forbidden',
] as const

export const problemCode = z.enum(problemCodes)
export type ProblemCode = z.infer<typeof problemCode>

/** RFC 9457 problem details with a stable `code`; `fields` names what a form must mend. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: problemCode,
  detail: z.string(),
  requestId: z.string(),
  fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  /** Where the thing stands that is in the way, for example the run that is already active. */
  link: z.string().optional(),
})
export type Problem = z.infer<typeof problem>
