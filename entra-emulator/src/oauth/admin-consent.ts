import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AppRegistration, Tenant, World } from '../world.ts'
import {
  type AadstsError,
  adminConsentDeclined,
  adminConsentRequired,
  misconfiguredApplication,
} from './aadsts.ts'
import { graphResources } from './access-token.ts'
import { acceptScopes, grantPermissions } from './consent.ts'
import { type Decision, readDecision, sendAdminNeededPage, sendConsentPage } from './consent-page.ts'
import { describeError } from './error-answer.ts'
import { type Parameters, readParameters, required } from './parameters.ts'
import { readReplyAddress, sendBack } from './reply-address.ts'
import { readScopes } from './scopes.ts'
import { sendAccountPicker, visitorOf } from './sign-in.ts'
import { appAtAuthority, authorityInPath, tenantsOf } from './tenant-in-path.ts'

type PageRequest = FastifyRequest<{ Params: { tenant: string } }>
type Version = 'v1' | 'v2'

/** What an admin is asked to accept for everybody. */
interface AskedConsent {
  permissions: string[]
  delegatedScopes: string[]
}

/** The two admin consent endpoints; they answer differently, facts A3. */
export function registerAdminConsent(app: FastifyInstance, world: World): void {
  const paths: [string, Version][] = [
    ['/:tenant/v2.0/adminconsent', 'v2'],
    ['/:tenant/adminconsent', 'v1'],
  ]
  for (const [path, version] of paths) {
    app.get<{ Params: { tenant: string } }>(path, (request, reply) =>
      adminConsent(world, request, reply, version, undefined),
    )
    app.post<{ Params: { tenant: string } }>(path, (request, reply) =>
      adminConsent(world, request, reply, version, readDecision(readParameters(request.body))),
    )
  }
}

async function adminConsent(
  world: World,
  request: PageRequest,
  reply: FastifyReply,
  version: Version,
  decision: Decision,
): Promise<FastifyReply> {
  const parameters = readParameters(request.query)
  const authority = authorityInPath(world, request.params.tenant)
  const app = appAtAuthority(world, authority, required(parameters, 'client_id'))
  const address = readReplyAddress(app, parameters)
  const asked = readAsked(world, app, version, parameters)

  const tenants = tenantsOf(world, authority)
  const visitor = visitorOf(world, request, tenants)
  if (!visitor || parameters.prompt === 'select_account') {
    return sendAccountPicker(request, reply, { app, tenants, loginHint: parameters.login_hint })
  }
  const { isAdmin } = visitor.account
  if (decision === 'cancel') {
    const error = isAdmin ? adminConsentDeclined() : adminConsentRequired(app)
    return sendBack(reply, address, refusal(world, request, version, error))
  }
  if (!isAdmin) return sendAdminNeededPage(request, reply, { app, visitor })
  if (decision !== 'accept') {
    const permissions = [...asked.permissions, ...asked.delegatedScopes]
    return sendConsentPage(request, reply, { app, visitor, permissions, forOrganization: true })
  }
  grant(world, visitor.tenant, app, asked)
  const tenant = visitor.tenant.id
  return sendBack(
    reply,
    address,
    version === 'v2'
      ? { admin_consent: 'True', tenant, scope: parameters.scope }
      : { tenant, admin_consent: 'True' },
  )
}

/** v1 asks for all the registration lists; v2 for the scope, where `.default` means the same. */
function readAsked(
  world: World,
  app: AppRegistration,
  version: Version,
  parameters: Parameters,
): AskedConsent {
  const names = version === 'v2' ? required(parameters, 'scope').split(' ').filter(Boolean) : ['.default']
  const defaults = ['.default', ...graphResources(world).map((resource) => `${resource}/.default`)]
  const others = names.filter((name) => !defaults.includes(name))
  const permissions = others.length < names.length ? app.permissions : []
  const delegatedScopes = others.length > 0 ? readScopes(world, others.join(' ')) : []
  if (permissions.length + delegatedScopes.length === 0) throw misconfiguredApplication()
  return { permissions, delegatedScopes }
}

function grant(world: World, tenant: Tenant, app: AppRegistration, asked: AskedConsent): void {
  grantPermissions(tenant, app, asked.permissions)
  acceptScopes(world, { tenantId: tenant.id, clientId: app.clientId, scopes: asked.delegatedScopes })
}

/** v2 says `admin_consent=True` on a refusal too, and v1 has words of its own for a cancelled one: facts A3. */
function refusal(
  world: World,
  request: PageRequest,
  version: Version,
  error: AadstsError,
): Record<string, string> {
  const described = describeError(world, request, error)
  if (version === 'v1' && error.code === adminConsentDeclined().code) {
    return { error: 'permission_denied', error_description: 'The admin canceled the request' }
  }
  return {
    ...(version === 'v2' && { admin_consent: 'True' }),
    error: described.error,
    error_description: described.error_description,
  }
}
