import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client'
import type { Endpoints } from './clouds.ts'
import { type Credential, presentCredential } from './credential.ts'
import { GraphError } from './graph-error.ts'
import { sortLoginError } from './login-error.ts'

/** An app at one tenant's sign-in. */
export interface SignInApp {
  endpoints: Endpoints
  /** A tenant id or one of its domains. */
  tenant: string
  clientId: string
  credential: Credential
}

export interface StartedSignIn {
  /** Where at Microsoft the browser goes. */
  url: string
  /** The id of the tenant, which a domain was resolved to. */
  tenantId: string
  nonce: string
  codeVerifier: string
}

/** Where Microsoft sends browsers back to, from whatever trip: the one address that is registered on the app. */
export function redirectUri(baseUrl: string): string {
  return `${baseUrl}/api/entra/callback`
}

/**
 * Begins a person's sign-in to the tenant, with PKCE and a nonce. Its only purpose is to prove who they are and in which
 * tenant, so it asks for nothing else. Throws GraphError.
 */
export async function startSignIn(
  app: SignInApp,
  back: { redirectUri: string; state: string },
): Promise<StartedSignIn> {
  const { client, tenantId } = await discover(app)
  const nonce = randomNonce()
  const codeVerifier = randomPKCECodeVerifier()
  const url = buildAuthorizationUrl(client, {
    redirect_uri: back.redirectUri,
    scope: 'openid profile',
    state: back.state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    response_mode: 'query',
    prompt: 'select_account',
  })
  return { url: url.href, tenantId, nonce, codeVerifier }
}

/**
 * Redeems the code that `callback`, the full address Microsoft sent the browser back to, carries. Answers the tenant
 * that the verified id_token is from and who in it: signature, audience, issuer and nonce were checked. Throws GraphError.
 */
export async function finishSignIn(
  app: SignInApp,
  callback: URL,
  begun: { state: string; nonce: string; codeVerifier: string },
): Promise<{ tenantId: string; objectId: string }> {
  const { client } = await discover(app)
  enableNonRepudiationChecks(client)
  const tokens = await sorted(
    authorizationCodeGrant(client, callback, {
      expectedState: begun.state,
      expectedNonce: begun.nonce,
      pkceCodeVerifier: begun.codeVerifier,
    }),
  )
  const claims = tokens.claims()
  return { tenantId: String(claims?.tid ?? ''), objectId: String(claims?.oid ?? '') }
}

/**
 * Where an admin of the tenant grants the app what its registration lists.
 * https://learn.microsoft.com/en-us/entra/identity-platform/v2-admin-consent
 */
export function adminConsentUrl(
  endpoints: Endpoints,
  asked: { tenantId: string; clientId: string; redirectUri: string; state: string },
): string {
  const url = new URL(`${endpoints.login}/${asked.tenantId}/v2.0/adminconsent`)
  url.searchParams.set('client_id', asked.clientId)
  url.searchParams.set('scope', `${endpoints.graph}/.default`)
  url.searchParams.set('redirect_uri', asked.redirectUri)
  url.searchParams.set('state', asked.state)
  return url.href
}

/**
 * Reads the tenant's metadata. Its issuer names the tenant by id even where a domain was asked for, and may be on another
 * host than the login; so the library's own comparison is left out (by the full address) and ours takes its place.
 * https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc
 */
async function discover(app: SignInApp): Promise<{ client: Configuration; tenantId: string }> {
  const { login } = app.endpoints
  const insecure = login.startsWith('http:') ? [allowInsecureRequests] : []
  const address = new URL(`${login}/${encodeURIComponent(app.tenant)}/v2.0/.well-known/openid-configuration`)
  const client = await sorted(
    discovery(address, app.clientId, undefined, presentCredential(app.credential), { execute: insecure }),
  )
  const server = client.serverMetadata()
  const tenantId = /^\/([0-9a-f-]{36})\/v2\.0$/.exec(new URL(server.issuer).pathname)?.[1]
  const places = [server.authorization_endpoint, server.token_endpoint, server.jwks_uri]
  if (tenantId === undefined || places.some((place) => !isAt(login, place))) {
    throw new GraphError({
      code: 'tenant_in_other_cloud',
      finding: 'This tenant signs in at another Microsoft cloud.',
      remedy: 'Connect it again and choose that cloud.',
      cause: { issuer: server.issuer, places },
    })
  }
  return { client, tenantId }
}

function isAt(origin: string, place: string | undefined): boolean {
  return place !== undefined && URL.canParse(place) && new URL(place).origin === origin
}

function sorted<T>(asked: Promise<T>): Promise<T> {
  return asked.catch(async (thrown: unknown) => {
    throw await sortLoginError(thrown)
  })
}
