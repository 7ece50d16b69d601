import { createHash, randomUUID } from 'node:crypto'
import type { AppRegistration, Tenant, World } from '../world.ts'
import type { SignedIn } from './login-state.ts'
import { signToken } from './signing-key.ts'

/** Seconds since 1970, as JWT claims count. */
export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}

/** The issuer of a tenant's v2.0 id tokens. */
function issuerOf(world: World, tenant: Tenant): string {
  return `${world.origin}/${tenant.id}/v2.0`
}

/**
 * A v2.0 id_token, facts A6. Name, `preferred_username` and `oid` come with the scope `profile`, as
 * https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference says.
 */
export function issueIdToken(
  world: World,
  to: {
    tenant: Tenant
    app: AppRegistration
    signedIn: SignedIn
    nonce: string | undefined
    lifetime: number
  },
): Promise<string> {
  const { tenant, app, signedIn } = to
  const user = tenant.directory.user(signedIn.objectId)
  const now = unixSeconds(world.now())
  const has = (scope: string) => signedIn.scopes.includes(scope)
  return signToken(world.login.key, {
    aud: app.clientId,
    iss: issuerOf(world, tenant),
    iat: now,
    nbf: now,
    exp: now + to.lifetime,
    ...(has('email') && user?.mail && { email: user.mail }),
    ...(has('profile') && {
      name: user?.displayName,
      oid: signedIn.objectId,
      preferred_username: user?.userPrincipalName,
    }),
    ...(to.nonce !== undefined && { nonce: to.nonce }),
    sid: signedIn.sessionId,
    sub: pairwiseSubject(app.clientId, signedIn.objectId),
    tid: tenant.id,
    uti: randomUUID(),
    ver: '2.0',
  })
}

/** The same person is somebody else to every other app. */
function pairwiseSubject(clientId: string, objectId: string): string {
  return createHash('sha256').update(`${clientId} ${objectId}`).digest('base64url')
}
