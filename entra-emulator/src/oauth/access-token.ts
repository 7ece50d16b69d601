import { randomUUID } from 'node:crypto'
import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { AppRegistration, ServicePrincipal, Tenant, World } from '../world.ts'
import { unixSeconds } from './id-token.ts'
import type { SignedIn } from './login-state.ts'
import { signToken } from './signing-key.ts'

/** What a caller of Graph may do: the application permissions its token was issued with. */
export type Access =
  | { ok: true; tenant: Tenant; app: AppRegistration; permissions: Set<string> }
  | { ok: false; status: 401 | 403; code: string; message: string }

const GRAPH = 'https://graph.microsoft.com'
/** Directory role template of every app-only token, facts A6. */
const APP_ONLY_WIDS = ['0997a1d0-0d1d-4acb-b408-d5ca73121e90']

/** The resources a token can be for: Graph under its own name, or under the origin this emulator serves it at. */
export function graphResources(world: World): string[] {
  return [GRAPH, world.origin]
}

/** An app-only Graph token, v1-shaped: its `roles` are the permissions granted at this moment, absent if none. */
export function issueAppToken(
  world: World,
  to: {
    tenant: Tenant
    app: AppRegistration
    principal: ServicePrincipal
    resource: string
    lifetime: number
    byCertificate: boolean
    clientCapabilities: string[]
  },
): Promise<string> {
  const { principal } = to
  return signToken(world.login.key, {
    ...v1Claims(world, to, to.lifetime),
    appidacr: to.byCertificate ? '2' : '1',
    idtyp: 'app',
    oid: principal.objectId,
    sub: principal.objectId,
    ...(principal.granted.size > 0 && { roles: [...principal.granted].sort() }),
    ...(to.clientCapabilities.length > 0 && { xms_cc: to.clientCapabilities }),
    wids: APP_ONLY_WIDS,
  })
}

/** A delegated Graph token: it carries scopes and none of the application permissions. */
export function issueUserToken(
  world: World,
  to: { tenant: Tenant; app: AppRegistration; signedIn: SignedIn; resource: string; lifetime: number },
): Promise<string> {
  const { objectId, scopes } = to.signedIn
  return signToken(world.login.key, {
    ...v1Claims(world, to, to.lifetime),
    appidacr: '1',
    idtyp: 'user',
    oid: objectId,
    sub: objectId,
    scp: scopes.join(' '),
  })
}

function v1Claims(
  world: World,
  to: { tenant: Tenant; app: AppRegistration; resource: string },
  lifetime: number,
): JWTPayload {
  const now = unixSeconds(world.now())
  return {
    aud: to.resource,
    // v1 tokens name the old issuer, with a trailing slash: facts A1.
    iss: `https://sts.windows.net/${to.tenant.id}/`,
    iat: now,
    nbf: now,
    exp: now + lifetime,
    app_displayname: to.app.displayName,
    appid: to.app.clientId,
    idp: `https://sts.windows.net/${to.tenant.id}/`,
    tid: to.tenant.id,
    uti: randomUUID(),
    ver: '1.0',
  }
}

/**
 * Reads the `Authorization` header of a Graph call. A refusal is ready to be sent as a Graph error; the texts are
 * those of facts D. Permissions come from the token: a token keeps the roles it was issued with.
 */
export async function readAccessToken(world: World, authorization: string | undefined): Promise<Access> {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (!token) return invalid('Access token is empty.')
  const verified = await verify(world, token)
  if (typeof verified === 'string') return invalid(verified)

  const tenant = world.tenants.find((tenant) => tenant.id === verified.tid)
  const app = world.apps.find((app) => app.clientId === verified.appid)
  const principal = app && tenant?.servicePrincipals.get(app.clientId)
  if (!tenant || !app || !principal) {
    return {
      ok: false,
      status: 403,
      code: 'Authorization_IdentityNotFound',
      message: 'The identity of the calling application could not be established.',
    }
  }
  const roles = Array.isArray(verified.roles) ? verified.roles.map(String) : []
  return { ok: true, tenant, app, permissions: new Set(roles) }
}

function invalid(message: string): Access {
  return { ok: false, status: 401, code: 'InvalidAuthenticationToken', message }
}

/** The claims, or the sentence Graph refuses the token with. */
async function verify(world: World, token: string): Promise<JWTPayload | string> {
  try {
    const { payload } = await jwtVerify(token, world.login.key.publicKey, {
      algorithms: ['RS256'],
      audience: graphResources(world),
      currentDate: world.now(),
    })
    return payload
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'Lifetime validation failed, the token is expired.'
    if (error instanceof errors.JWTClaimValidationFailed) {
      return error.claim === 'aud'
        ? 'Access token validation failure. Invalid audience.'
        : 'Access token has expired or is not yet valid.'
    }
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      return 'Access token validation failure. Invalid signature.'
    }
    if (error instanceof errors.JOSEError) return 'CompactToken parsing failed with error code: 80049217'
    throw error
  }
}
