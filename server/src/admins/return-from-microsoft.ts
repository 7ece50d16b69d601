import type { ProblemCode } from '@keyroster/api/problem.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DatabaseError } from 'pg'
import { actors, audit } from '../audit/record.ts'
import { inWorkspace } from '../db/reach.ts'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { readAccess } from '../entra/connection-access.ts'
import { GraphError } from '../entra/graph-error.ts'
import { refusedByRedirect } from '../entra/login-error.ts'
import { finishSignIn } from '../entra/sign-in.ts'
import type { SignedInAdmin } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { microsoftAccountUnknown, microsoftSignInOff, notSignedIn, ProblemError } from '../problem.ts'
import { clearTripCookie, readTripCookie } from './session-cookie.ts'
import { signIn } from './sign-in.ts'
import { readSignInSettings } from './sign-in-settings.ts'
import { type SignInTrip, spendSignInTrip } from './sign-in-trips.ts'

/** Who somebody is at Microsoft: the only two claims that never change and are nobody else's. */
interface Account {
  tenantId: string
  objectId: string
}

/**
 * Takes the browser up where Microsoft sent it back to after a trip to sign in or to bind an account; `callback` is that
 * address. Answers where in the panel it goes on, with `problem=CODE` where it was refused; null where this browser began no
 * such trip.
 */
export async function returnFromSignIn(
  panel: Panel,
  request: FastifyRequest,
  reply: FastifyReply,
  callback: URL,
): Promise<string | null> {
  const { config, database } = panel
  const state = callback.searchParams.get('state')
  const browser = readTripCookie(request, config.baseUrl)
  if (state === null || browser === null) return null
  const trip = await spendSignInTrip(database.db, state, browser)
  if (trip !== null)
    return inWorkspace(trip.workspaceId, () => endTrip(panel, request, reply, trip, { callback, state }))
  // Nobody is signed in, so it was no trip of a connection: the one that the cookie is for took too long.
  const admin: SignedInAdmin | undefined = request.admin
  return admin === undefined ? `${config.baseUrl}/sign-in?problem=consent_expired` : null
}

async function endTrip(
  panel: Panel,
  request: FastifyRequest,
  reply: FastifyReply,
  trip: SignInTrip,
  returned: { callback: URL; state: string },
): Promise<string> {
  const { config, database } = panel
  clearTripCookie(reply, config.baseUrl)
  const back = new URL(config.baseUrl + trip.returnTo)
  try {
    const account = await proveAccount(panel, trip, returned)
    if (trip.adminId === null) {
      await signIn(panel, request, reply, 'microsoft', (tx) => findBoundAdmin(tx, trip, account))
    } else {
      await bindAccount(database.db, request, trip.adminId, account)
      back.searchParams.set('microsoft', 'bound')
    }
    return back.href
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    panel.log.info({ code: error.code, err: error.cause }, 'a return from Microsoft was refused')
    await recordRefusal(database.db, request, trip, error)
    const refused = trip.adminId === null ? new URL(`${config.baseUrl}/sign-in`) : back
    refused.searchParams.set('problem', error.code)
    return refused.href
  }
}

/** Redeems the code: signature, issuer, audience, nonce and tenant are checked. Throws GraphError. */
async function proveAccount(
  panel: Panel,
  trip: SignInTrip,
  { callback, state }: { callback: URL; state: string },
): Promise<Account> {
  const error = callback.searchParams.get('error')
  if (error !== null) throw refusedByRedirect(error, callback.searchParams.get('error_description') ?? '')
  const access = await readAccess(panel, trip.connectionId)
  const { nonce, codeVerifier } = trip
  const app = { ...access, tenant: trip.tenantId }
  const account = await finishSignIn(app, callback, { state, nonce, codeVerifier })
  if (account.tenantId !== trip.tenantId || account.objectId === '') {
    throw new GraphError({
      code: 'tenant_mismatch',
      finding: 'Microsoft answered for another tenant than the one of this connection.',
      remedy: 'Sign in with an account of this tenant.',
    })
  }
  return account
}

/** By tenant and object id alone: an email says nothing about who somebody is. Throws microsoft_account_unknown. */
async function findBoundAdmin(tx: Tx, trip: SignInTrip, { tenantId, objectId }: Account): Promise<string> {
  const { microsoft } = await readSignInSettings(tx, trip.workspaceId)
  if (!microsoft) throw microsoftSignInOff()
  const admin = await tx
    .selectFrom('admins')
    .select('id')
    .where('workspace_id', '=', trip.workspaceId)
    .where('entra_tenant_id', '=', tenantId)
    .where('entra_object_id', '=', objectId)
    .executeTakeFirst()
  if (admin === undefined) throw microsoftAccountUnknown()
  return admin.id
}

/** Throws not_signed_in where whoever began the trip is not there any more, and already_admin where another has the account. */
async function bindAccount(
  db: Db,
  request: FastifyRequest,
  adminId: string,
  { tenantId, objectId }: Account,
): Promise<void> {
  const admin: SignedInAdmin | undefined = request.admin
  if (admin?.id !== adminId) throw notSignedIn()
  await transaction(db, async (tx) => {
    await tx
      .updateTable('admins')
      .set({ entra_tenant_id: tenantId, entra_object_id: objectId })
      .where('id', '=', adminId)
      .execute()
      .catch((error: unknown) => {
        throw error instanceof DatabaseError && error.constraint === 'admins_entra' ? accountTaken() : error
      })
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'admin.microsoft-bound',
      target: { kind: 'admin', id: adminId, name: admin.name },
      detail: { tenantId, objectId },
      request,
    })
  })
}

const accountTaken = () =>
  new ProblemError('already_admin', 'Somebody else here has bound this Microsoft account already.')

/** Written here, because the browser is led to a page: nothing else sees that it was refused. */
function recordRefusal(
  db: Db,
  request: FastifyRequest,
  trip: SignInTrip,
  { code, concerns }: { code: ProblemCode; concerns: string | undefined },
): Promise<void> {
  return audit(db, {
    workspaceId: trip.workspaceId,
    actor: trip.adminId === null ? actors.somebody : (request.admin ?? actors.somebody),
    action: trip.adminId === null ? 'session.refused' : 'request.refused',
    outcome: 'refused',
    ...(concerns !== undefined && { target: { kind: 'admin', id: concerns } }),
    detail: { code, way: 'microsoft' },
    request,
  })
}
