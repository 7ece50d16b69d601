import type { ProblemCode } from '@keyroster/api/problem.ts'
import type { FastifyRequest } from 'fastify'
import { newToken } from '../admins/secret-token.ts'
import { audit } from '../audit/record.ts'
import { transaction } from '../db/transaction.ts'
import { type CheckedDirectory, checkDirectory, failedSignIn } from '../entra/check-directory.ts'
import { type ConnectionAccess, readAccess, sharedSession } from '../entra/connection-access.ts'
import { pause } from '../entra/governor.ts'
import { GraphError } from '../entra/graph-error.ts'
import { refusedByRedirect } from '../entra/login-error.ts'
import { adminConsentUrl, finishSignIn, redirectUri, startSignIn } from '../entra/sign-in.ts'
import type { SignedInAdmin } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { ProblemError } from '../problem.ts'
import { keepCheck } from './check-connection.ts'
import { type ConsentTrip, keepTrip, spendTrip } from './consent-trips.ts'
import { keepGrant, refuseTakenTenant } from './keep-grant.ts'
import { readConnection } from './read-connections.ts'

/**
 * Begins the trip to Microsoft; answers where to send the browser. First the admin signs in, which proves the tenant:
 * the consent page alone proves nothing. Throws ProblemError `not_found` and GraphError.
 * https://learn.microsoft.com/en-us/entra/identity-platform/v2-admin-consent
 */
export async function beginGrant(
  panel: Panel,
  request: FastifyRequest,
  connectionId: string,
  returnTo: string,
): Promise<string> {
  const { admin } = request
  const connection = await readConnection(panel.database.db, admin.workspaceId, connectionId)
  const access = await readAccess(panel, connectionId)
  const { token: state } = newToken()
  const begun = await keepingFailure(panel, request, access, () =>
    startSignIn(access, { redirectUri: redirectUri(panel.config.baseUrl), state }),
  )
  if (connection.tenantId !== null && connection.tenantId !== begun.tenantId) throw otherTenant()
  const { nonce, codeVerifier, tenantId } = begun
  const trip = { connectionId, step: 'sign-in', nonce, codeVerifier, tenantId, returnTo } as const
  await transaction(panel.database.db, async (tx) => {
    await keepTrip(tx, admin, state, trip)
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'connection.grant-begun',
      target: { kind: 'connection', id: connectionId, name: connection.name },
      detail: { tenantId },
      request,
    })
  })
  return begun.url
}

/**
 * Takes the browser up where Microsoft sent it back to: `callback` is that address. Answers where it goes next: to the
 * consent page, or back into the panel with `granted=yes` or `problem=CODE`. The request has no admin where nobody is
 * signed in any more.
 */
export async function returnFromMicrosoft(
  panel: Panel,
  request: FastifyRequest,
  callback: URL,
): Promise<string> {
  const admin: SignedInAdmin | undefined = request.admin
  const state = callback.searchParams.get('state')
  const spent =
    admin !== undefined && state !== null ? await spendTrip(panel.database.db, admin, state) : null
  // A state that this session does not have may be somebody else's trip: nothing is told about it.
  if (admin === undefined || state === null || spent === null)
    return backTo(panel, '/connections', { problem: 'consent_expired' })
  const { trip, fresh } = spent
  const back = (outcome: Record<string, string>) =>
    backTo(panel, trip.returnTo, { connection: trip.connectionId, ...outcome })
  if (!fresh) {
    await recordRefusal(panel, request, trip, 'consent_expired')
    return back({ problem: 'consent_expired' })
  }
  try {
    const access = await readAccess(panel, trip.connectionId)
    const next = await keepingFailure(panel, request, access, () =>
      trip.step === 'sign-in'
        ? afterSignIn(panel, request, access, trip, { callback, state })
        : afterConsent(panel, request, access, trip, callback),
    )
    return next ?? back({ granted: 'yes' })
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    panel.log.info(
      { connectionId: trip.connectionId, code: error.code, err: error.cause },
      'access was not granted',
    )
    await recordRefusal(panel, request, trip, error.code)
    return back({ problem: error.code })
  }
}

/** Answers the consent page's address, or null where the app has all it needs already. */
async function afterSignIn(
  panel: Panel,
  request: FastifyRequest,
  access: ConnectionAccess,
  trip: ConsentTrip,
  returned: { callback: URL; state: string },
): Promise<string | null> {
  refuseError(returned.callback)
  const { tenantId } = await finishSignIn(access, returned.callback, {
    state: returned.state,
    nonce: trip.nonce ?? '',
    codeVerifier: trip.codeVerifier ?? '',
  })
  if (tenantId !== trip.tenantId) throw otherTenant()
  await refuseTakenTenant(panel.database.db, request.admin.workspaceId, trip.connectionId, tenantId)
  const checked = await checkDirectory(sharedSession(panel, access, tenantId))
  if (checked.result.healthy) {
    await keepGrant(panel.database.db, request, trip.connectionId, tenantId, checked)
    return null
  }
  const { token: state } = newToken()
  await keepTrip(panel.database.db, request.admin, state, {
    ...trip,
    step: 'consent',
    nonce: null,
    codeVerifier: null,
  })
  const { endpoints, clientId } = access
  return adminConsentUrl(endpoints, {
    tenantId,
    clientId,
    redirectUri: redirectUri(panel.config.baseUrl),
    state,
  })
}

async function afterConsent(
  panel: Panel,
  request: FastifyRequest,
  access: ConnectionAccess,
  trip: ConsentTrip,
  callback: URL,
): Promise<null> {
  // Microsoft says `admin_consent=True` on a refusal too; only the absence of an error is a consent.
  refuseError(callback)
  if (callback.searchParams.get('tenant')?.toLowerCase() !== trip.tenantId) throw otherTenant()
  const checked = await checkUntilPropagated(panel, access, trip.tenantId)
  await keepGrant(panel.database.db, request, trip.connectionId, trip.tenantId, checked)
  const failed = checked.result.rows.find((row) => !row.works)
  if (failed?.code) throw new ProblemError(failed.code, failed.finding)
  return null
}

/** What a fresh consent can look like until all of Microsoft's servers know of it. */
const notYetKnown = new Set(['consent_missing', 'app_not_found', 'permission_missing'])
const PROPAGATION_WAITS = [500, 1_000, 2_000, 4_000]

async function checkUntilPropagated(
  panel: Panel,
  access: ConnectionAccess,
  tenantId: string,
): Promise<CheckedDirectory> {
  const session = sharedSession(panel, access, tenantId)
  let checked = await checkDirectory(session)
  for (const wait of PROPAGATION_WAITS) {
    if (!checked.result.rows.some((row) => row.code !== null && notYetKnown.has(row.code))) break
    await pause(wait)
    checked = await checkDirectory(session)
  }
  return checked
}

/** A connection without any check yet gets the failure as its first one, so that the whole sentence can be shown. */
async function keepingFailure<T>(
  panel: Panel,
  request: FastifyRequest,
  access: ConnectionAccess,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof GraphError && access.tenantId === null) {
      const failed = { result: failedSignIn(error), organization: null }
      await keepCheck(panel.database.db, request.admin.workspaceId, access.connectionId, failed)
    }
    throw error
  }
}

/** Nothing is undone with it: what a trip kept before it failed stays. */
function recordRefusal(
  { database }: Panel,
  request: FastifyRequest,
  trip: ConsentTrip,
  code: ProblemCode,
): Promise<void> {
  return audit(database.db, {
    workspaceId: request.admin.workspaceId,
    actor: request.admin,
    action: 'connection.grant-refused',
    outcome: 'refused',
    target: { kind: 'connection', id: trip.connectionId },
    detail: { code, step: trip.step },
    request,
  })
}

function refuseError(callback: URL): void {
  const error = callback.searchParams.get('error')
  if (error === null) return
  throw refusedByRedirect(error, callback.searchParams.get('error_description') ?? '')
}

function otherTenant(): GraphError {
  return new GraphError({
    code: 'tenant_mismatch',
    finding: 'Microsoft answered for another tenant than the one of this connection.',
    remedy: 'Start again with an account of this tenant, or connect the other tenant.',
  })
}

/** Absolute, so that no path, however odd, can lead to another site. */
function backTo(panel: Panel, path: string, parameters: Record<string, string>): string {
  const url = new URL(panel.config.baseUrl + path)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
