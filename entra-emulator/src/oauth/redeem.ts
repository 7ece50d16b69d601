import { createHash } from 'node:crypto'
import type { AppRegistration, Tenant, World } from '../world.ts'
import {
  accountDisabled,
  codeRedeemed,
  consentMissing,
  grantExpired,
  grantOfOtherTenant,
  grantUnknown,
  replyAddressOfCode,
  verifierMismatch,
} from './aadsts.ts'
import { issueUserToken } from './access-token.ts'
import { scopesToAccept } from './consent.ts'
import { issueIdToken } from './id-token.ts'
import { type AuthorizationCode, randomSecret, type SignedIn } from './login-state.ts'
import { type Parameters, required } from './parameters.ts'
import { readScopes } from './scopes.ts'
import { type Authority, tenantsOf } from './tenant-in-path.ts'

/** Seconds. */
const USER_TOKEN_LIFETIME = 3599
const REFRESH_TOKEN_LIFETIME_MS = 90 * 86_400_000
const GRAPH = 'https://graph.microsoft.com'

interface Redemption {
  authority: Authority
  app: AppRegistration
  parameters: Parameters
}

/** Tokens for an authorization code, which works once. */
export async function redeemCode(world: World, asked: Redemption): Promise<unknown> {
  const { app, parameters } = asked
  const code = world.login.codes.get(required(parameters, 'code'))
  if (!code || code.clientId !== app.clientId) throw grantUnknown()
  if (code.redeemed) throw codeRedeemed()
  if (code.expiresAt <= world.now()) throw grantExpired()
  const tenant = tenantOf(world, asked.authority, code)
  const redirectUri = required(parameters, 'redirect_uri')
  if (redirectUri !== code.redirectUri) throw replyAddressOfCode(redirectUri, code.redirectUri)
  if (!answersChallenge(code, parameters.code_verifier)) throw verifierMismatch()
  code.redeemed = true
  return issueTokens(world, { tenant, app, signedIn: code, nonce: code.nonce, parameters })
}

/** Tokens for a refresh token, which stays valid beside the new one. */
export async function redeemRefreshToken(world: World, asked: Redemption): Promise<unknown> {
  const { app, parameters } = asked
  const held = world.login.refreshTokens.get(required(parameters, 'refresh_token'))
  if (!held || held.clientId !== app.clientId) throw grantUnknown()
  if (held.expiresAt <= world.now()) throw grantExpired()
  const tenant = tenantOf(world, asked.authority, held)
  const scopes = parameters.scope ? readScopes(world, parameters.scope) : held.scopes
  if (scopesToAccept(world, { ...held, scopes }).length > 0) throw consentMissing(app, 'invalid_grant')
  return issueTokens(world, { tenant, app, signedIn: { ...held, scopes }, nonce: undefined, parameters })
}

/** The tenant that was signed in to, if the URL names it and the person may still sign in there. */
function tenantOf(world: World, authority: Authority, signedIn: SignedIn): Tenant {
  const tenant = tenantsOf(world, authority).find(({ id }) => id === signedIn.tenantId)
  if (!tenant) throw grantOfOtherTenant(signedIn.tenantId)
  if (!tenant.directory.user(signedIn.objectId)?.accountEnabled) throw accountDisabled()
  return tenant
}

function answersChallenge({ challenge }: AuthorizationCode, verifier: string | undefined): boolean {
  if (!challenge || !verifier) return !challenge && !verifier
  const answer =
    challenge.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
  return answer === challenge.value
}

async function issueTokens(
  world: World,
  to: {
    tenant: Tenant
    app: AppRegistration
    signedIn: SignedIn
    nonce: string | undefined
    parameters: Parameters
  },
): Promise<unknown> {
  const { signedIn } = to
  const lifetime = USER_TOKEN_LIFETIME
  return {
    token_type: 'Bearer',
    scope: signedIn.scopes.join(' '),
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: await issueUserToken(world, { ...to, resource: GRAPH, lifetime }),
    ...(signedIn.scopes.includes('offline_access') && { refresh_token: issueRefreshToken(world, signedIn) }),
    ...(signedIn.scopes.includes('openid') && { id_token: await issueIdToken(world, { ...to, lifetime }) }),
    ...(to.parameters.client_info === '1' && { client_info: clientInfo(signedIn) }),
  }
}

function issueRefreshToken(world: World, signedIn: SignedIn): string {
  const { tenantId, clientId, objectId, scopes, sessionId, authenticatedAt } = signedIn
  const token = randomSecret()
  const expiresAt = new Date(world.now().getTime() + REFRESH_TOKEN_LIFETIME_MS)
  world.login.refreshTokens.set(token, {
    tenantId,
    clientId,
    objectId,
    scopes,
    sessionId,
    authenticatedAt,
    expiresAt,
  })
  return token
}

/** What MSAL knows an account by. */
function clientInfo(signedIn: SignedIn): string {
  const { objectId: uid, tenantId: utid } = signedIn
  return Buffer.from(JSON.stringify({ uid, utid })).toString('base64url')
}
