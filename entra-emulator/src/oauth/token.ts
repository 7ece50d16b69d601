import type { FastifyInstance, FastifyReply } from 'fastify'
import recorded from '../recordings/entra-login.json' with { type: 'json' }
import type { AppRegistration, ServicePrincipal, Tenant, World } from '../world.ts'
import {
  applicationDisabled,
  credentialMissing,
  credentialMissingForCode,
  crossOriginRedemption,
  grantNeedsTenant,
  malformedRequest,
  servicePrincipalMissing,
  unsupportedGrantType,
} from './aadsts.ts'
import { issueAppToken } from './access-token.ts'
import { authenticateClient, readClientCredentials } from './client-authentication.ts'
import { type Parameters, readParameters, required } from './parameters.ts'
import { redeemCode, redeemRefreshToken } from './redeem.ts'
import { readResource } from './scopes.ts'
import { type Authority, appAtAuthority, authorityInPath } from './tenant-in-path.ts'

/** Seconds; a client that can handle claims challenges gets a day: facts A4. */
const TOKEN_LIFETIME = 3599
const LONG_TOKEN_LIFETIME = 86_399

/** Headers of the recorded answer that do not speak of one request. */
const RECORDED_HEADERS = [
  'Cache-Control',
  'Pragma',
  'Expires',
  'X-Content-Type-Options',
  'P3P',
  'x-ms-ests-server',
  'x-ms-clitelem',
] as const

interface TokenRequest {
  authority: Authority
  parameters: Parameters
  authorization: string | undefined
}

export function registerToken(app: FastifyInstance, world: World): void {
  app.addHook('onRequest', async (request, reply) => {
    addRecordedHeaders(reply)
    reply.header('x-ms-request-id', crypto.randomUUID())
    if (request.headers.origin !== undefined) throw crossOriginRedemption()
  })

  app.post<{ Params: { tenant: string } }>('/:tenant/oauth2/v2.0/token', async (request) => {
    const parameters = readParameters(request.body)
    const grantType = required(parameters, 'grant_type')
    const authority = authorityInPath(world, request.params.tenant)
    const asked = { authority, parameters, authorization: request.headers.authorization }
    switch (grantType) {
      case 'client_credentials':
        return grantClientCredentials(world, asked)
      case 'authorization_code':
        return redeemCode(world, { ...asked, app: await authenticatedApp(world, asked) })
      case 'refresh_token':
        return redeemRefreshToken(world, { ...asked, app: await authenticatedApp(world, asked) })
      default:
        throw unsupportedGrantType(grantType)
    }
  })
}

function addRecordedHeaders(reply: FastifyReply): void {
  for (const name of RECORDED_HEADERS) reply.header(name, recorded.token.headers[name])
}

async function grantClientCredentials(world: World, asked: TokenRequest): Promise<unknown> {
  const { authority, parameters } = asked
  if (authority.kind !== 'tenant') throw grantNeedsTenant()
  const { tenant } = authority
  const credentials = readClientCredentials(parameters, asked.authorization)
  const app = appAtAuthority(world, authority, credentials.clientId)
  const proof = await authenticateClient(world, app, credentials, {
    audiences: tokenEndpoints(world, authority),
    missing: credentialMissing(),
  })
  const principal = principalOf(tenant, app)
  const clientCapabilities = readCapabilities(parameters.claims)
  const lifetime = clientCapabilities.includes('CP1') ? LONG_TOKEN_LIFETIME : TOKEN_LIFETIME
  return {
    token_type: 'Bearer',
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: await issueAppToken(world, {
      tenant,
      app,
      principal,
      resource: readResource(world, tenant, required(parameters, 'scope')),
      lifetime,
      byCertificate: proof === 'certificate',
      clientCapabilities,
    }),
  }
}

/** The app of a code or refresh token request; every app here is confidential and must prove itself. */
async function authenticatedApp(world: World, asked: TokenRequest): Promise<AppRegistration> {
  const credentials = readClientCredentials(asked.parameters, asked.authorization)
  const app = appAtAuthority(world, asked.authority, credentials.clientId)
  await authenticateClient(world, app, credentials, {
    audiences: tokenEndpoints(world, asked.authority),
    missing: credentialMissingForCode(),
  })
  return app
}

/** Without a service principal in the tenant there is no token, not even one without roles: facts A4. */
function principalOf(tenant: Tenant, app: AppRegistration): ServicePrincipal {
  const principal = tenant.servicePrincipals.get(app.clientId)
  if (!principal) throw servicePrincipalMissing(app.clientId, tenant.id)
  if (!principal.enabled) throw applicationDisabled(app)
  return principal
}

/** The URLs under which this token endpoint may be named as the audience of an assertion. */
function tokenEndpoints(world: World, authority: Authority): string[] {
  const names =
    authority.kind === 'tenant'
      ? [authority.tenant.id, ...authority.tenant.verifiedDomains.map(({ name }) => name)]
      : [authority.kind]
  return names.map((name) => `${world.origin}/${name}/oauth2/v2.0/token`)
}

/** The client capabilities declared in `claims`, such as CP1: facts A4. */
function readCapabilities(claims: string | undefined): string[] {
  if (claims === undefined) return []
  try {
    const values: unknown = JSON.parse(claims)?.access_token?.xms_cc?.values
    return Array.isArray(values) ? values.map(String) : []
  } catch (error) {
    if (error instanceof SyntaxError) throw malformedRequest("The parameter 'claims' is not JSON.")
    throw error
  }
}
