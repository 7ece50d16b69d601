import { allowInsecureRequests, Configuration, clientCredentialsGrant } from 'openid-client'
import type { Endpoints } from './clouds.ts'
import { type Credential, presentCredential } from './credential.ts'
import { sortTokenError } from './login-error.ts'

/** The app's own access to one tenant. */
export interface TokenRequest {
  endpoints: Endpoints
  tenantId: string
  clientId: string
  credential: Credential
}

export interface TokenSource {
  /** A token with some time left; asks Microsoft only when there is none. Throws GraphError. */
  current(): Promise<string>
  /** A token other than `refused`, which Graph answered with 401. */
  renew(refused: string): Promise<string>
  /** Drops the token: one that was issued before a grant does not have the new permissions. */
  forget(): void
}

interface Token {
  value: string
  /** By the monotonic clock, in milliseconds. */
  staleAt: number
}

const LONGEST_MARGIN = 5 * 60_000

/** Keeps one app-only token; callers who come while it is being fetched share that request. */
export function createTokenSource(request: TokenRequest): TokenSource {
  let token: Token | null = null
  let fetching: Promise<Token> | null = null

  async function fetchOnce(): Promise<string> {
    fetching ??= fetchToken(request).finally(() => {
      fetching = null
    })
    token = await fetching
    return token.value
  }

  return {
    async current() {
      return token !== null && performance.now() < token.staleAt ? token.value : fetchOnce()
    },
    async renew(refused) {
      return token !== null && token.value !== refused ? token.value : fetchOnce()
    },
    forget() {
      token = null
    },
  }
}

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
async function fetchToken({ endpoints, tenantId, clientId, credential }: TokenRequest): Promise<Token> {
  const authority = `${endpoints.login}/${tenantId}`
  const app = new Configuration(
    { issuer: `${authority}/v2.0`, token_endpoint: `${authority}/oauth2/v2.0/token` },
    clientId,
    undefined,
    presentCredential(credential),
  )
  if (endpoints.login.startsWith('http:')) allowInsecureRequests(app)
  const asked = performance.now()
  const answer = await clientCredentialsGrant(app, { scope: `${endpoints.graph}/.default` }).catch(
    async (thrown: unknown) => {
      throw await sortTokenError(thrown)
    },
  )
  // Microsoft varies the lifetime from one hour to a day, so it is never assumed.
  const lifetime = (answer.expires_in ?? 60) * 1_000
  return { value: answer.access_token, staleAt: asked + lifetime - Math.min(LONGEST_MARGIN, lifetime / 2) }
}
