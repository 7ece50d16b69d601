import type { CheckResult } from '@keyroster/api/connections.ts'
import type { ProblemCode } from '@keyroster/api/problem.ts'
import { sql } from 'kysely'
import { actors, audit } from '../audit/record.ts'
import type { Tx } from '../db/schema.ts'
import { failedSignIn } from '../entra/check-directory.ts'
import type { GraphError } from '../entra/graph-error.ts'
import { notify } from '../notifications/notify.ts'
import type { Lease } from './lease.ts'

/** Microsoft lets the app in no more: nothing is wrong with the run, and every request would end the same way. */
const signInProblems: ReadonlySet<ProblemCode> = new Set([
  'sign_in_failed',
  'sign_in_needs_interaction',
  'secret_wrong',
  'secret_expired',
  'secret_missing',
  'certificate_not_registered',
  'certificate_not_allowed',
  'federated_credential_unknown',
  'app_not_found',
  'app_disabled',
  'app_single_tenant',
  'app_misconfigured',
  'consent_missing',
  'tenant_not_found',
  'tenant_in_other_cloud',
  'blocked_by_policy',
  'clock_off',
])

/** Whether a run had better wait, with all it has read, until somebody mended its connection. */
export const isAboutSignIn = (error: GraphError): boolean =>
  !error.retryable && signInProblems.has(error.code)

/**
 * Gives a run back, with what it has read and where it stands, until a check of its connection signs in again or its
 * credential is replaced; nobody asks Microsoft before. The caller holds the run's row.
 */
export async function waitForConnection(tx: Tx, lease: Lease, error: GraphError): Promise<void> {
  const { code, finding, remedy } = error
  await sql`
    update import_runs set lease_until = null, waiting_reason = 'connection', waiting_until = null, attempts = 0,
      unreachable_since = null,
      problem_code = ${code}, problem_detail = ${finding}, problem_remedy = ${remedy}
    where id = ${lease.runId}`.execute(tx)
  await markConnection(tx, lease, failedSignIn(error), `${finding} An import waits until that is mended.`)
}

/**
 * Says that the connection of a run lacks a permission. Such a run ends, for what it read with one set of permissions
 * must not be mixed with what another set shows: Graph leaves out what it may not tell.
 * https://learn.microsoft.com/en-us/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
 */
export async function markPermissionMissing(tx: Tx, lease: Lease, error: GraphError): Promise<void> {
  await markConnection(tx, lease, null, error.finding)
}

/** Sets the connection's state, and tells every admin, unless they were told and nobody tried anything since. */
async function markConnection(tx: Tx, lease: Lease, check: CheckResult | null, body: string): Promise<void> {
  const marked = await sql<{ id: string; name: string; workspaceId: string; told: boolean }>`
    with before as (
      select c.id, c.state = 'needs-attention' and coalesce(not c.last_check @? ${SIGNS_IN}::jsonpath, ${check === null}) as told
      from connections c join import_runs r on r.connection_id = c.id where r.id = ${lease.runId} for update of c
    )
    update connections c set state = 'needs-attention', last_check = ${check && JSON.stringify(check)}::jsonb
    from before b where c.id = b.id
    returning c.id, c.name, c.workspace_id as "workspaceId", b.told`.execute(tx)
  const connection = marked.rows[0]
  if (!connection || connection.told) return
  await notify(tx, {
    workspaceId: connection.workspaceId,
    adminId: null,
    kind: 'connection-needs-attention',
    title: `The connection ${connection.name} needs attention`,
    body,
    link: `/connections/${connection.id}`,
  })
  await audit(tx, {
    workspaceId: connection.workspaceId,
    actor: actors.keyroster,
    action: 'connection.needs-attention',
    target: { kind: 'connection', id: connection.id, name: connection.name },
    detail: { import: lease.runId },
  })
}

/** Finds, in a check of a connection, that Microsoft let the app in. */
const SIGNS_IN = '$.rows[*] ? (@.subject == "sign-in" && @.works == true)'

/**
 * SQL that holds for a run `r` that does not wait any more: its time is over, its connection signs in or has a new
 * credential to try, or somebody cancelled it.
 */
export const isDue = sql`(
  r.cancel_requested_at is not null
  or case when r.waiting_reason = 'connection' then exists (
      select from connections c where c.id = r.connection_id and coalesce(c.last_check @? ${sql.lit(SIGNS_IN)}::jsonpath, true))
    else r.waiting_until is null or r.waiting_until <= now() end
)`
