import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AppRegistration, World } from '../world.ts'
import {
  AadstsError,
  adminConsentRequired,
  applicationDisabled,
  challengeSize,
  consentDeclined,
  consentMissing,
  implicitNotEnabled,
  loginRequired,
  malformedRequest,
  unsupportedResponseType,
} from './aadsts.ts'
import { acceptScopes, grantPermissions, needsAdmin, scopesToAccept } from './consent.ts'
import { type Decision, readDecision, sendAdminNeededPage, sendConsentPage } from './consent-page.ts'
import { describeError } from './error-answer.ts'
import { type AuthorizationCode, randomSecret } from './login-state.ts'
import { type Parameters, readParameters, required } from './parameters.ts'
import { type ReplyAddress, readReplyAddress, sendBack } from './reply-address.ts'
import { readScopes } from './scopes.ts'
import { isHinted, sendAccountPicker, type Visitor, visitorOf } from './sign-in.ts'
import { appAtAuthority, authorityInPath, tenantsOf } from './tenant-in-path.ts'

/** Codes live about ten minutes: facts A2. */
const CODE_LIFETIME_MS = 10 * 60_000
const PROMPTS = ['login', 'none', 'consent', 'select_account']

interface AuthorizationRequest {
  scopes: string[]
  nonce: string | undefined
  loginHint: string | undefined
  challenge: AuthorizationCode['challenge']
  prompts: string[]
}

type PageRequest = FastifyRequest<{ Params: { tenant: string } }>

export function registerAuthorize(app: FastifyInstance, world: World): void {
  const path = '/:tenant/oauth2/v2.0/authorize'
  app.get<{ Params: { tenant: string } }>(path, (request, reply) =>
    authorize(world, request, reply, undefined),
  )
  app.post<{ Params: { tenant: string } }>(path, (request, reply) =>
    authorize(world, request, reply, readDecision(readParameters(request.body))),
  )
}

/** One step of a sign-in: picker, consent page, or back to the app with a code or an error. */
async function authorize(
  world: World,
  request: PageRequest,
  reply: FastifyReply,
  decision: Decision,
): Promise<FastifyReply> {
  const parameters = readParameters(request.query)
  const authority = authorityInPath(world, request.params.tenant)
  const app = appAtAuthority(world, authority, required(parameters, 'client_id'))
  const address = readReplyAddress(app, parameters)
  try {
    const asked = readRequest(world, parameters)
    const tenants = tenantsOf(world, authority)
    const visitor = visitorOf(world, request, tenants)
    if (!visitor || mustPick(asked, visitor)) {
      if (asked.prompts.includes('none')) throw loginRequired()
      return sendAccountPicker(request, reply, { app, tenants, loginHint: asked.loginHint })
    }
    if (visitor.tenant.servicePrincipals.get(app.clientId)?.enabled === false) throw applicationDisabled(app)
    const page = askConsent(world, { request, reply, app, visitor, asked, decision })
    if (page) return page
    return sendBack(reply, address, {
      code: issueCode(world, { app, visitor, asked, address }),
      session_state: randomUUID(),
    })
  } catch (error) {
    if (!(error instanceof AadstsError)) throw error
    const described = describeError(world, request, error)
    return sendBack(reply, address, {
      error: described.error,
      error_description: described.error_description,
      error_uri: described.error_uri,
    })
  }
}

function readRequest(world: World, parameters: Parameters): AuthorizationRequest {
  const responseType = required(parameters, 'response_type')
  const responseTypes = responseType.split(' ')
  if (responseTypes.some((type) => type === 'id_token' || type === 'token')) {
    throw implicitNotEnabled(responseType)
  }
  if (responseType !== 'code') throw unsupportedResponseType(responseType)
  const prompts = parameters.prompt?.split(' ') ?? []
  if (
    prompts.some((prompt) => !PROMPTS.includes(prompt)) ||
    (prompts.includes('none') && prompts.length > 1)
  ) {
    throw malformedRequest(`The prompt '${parameters.prompt}' is not supported.`)
  }
  return {
    scopes: readScopes(world, required(parameters, 'scope')),
    nonce: parameters.nonce,
    loginHint: parameters.login_hint,
    challenge: readChallenge(parameters),
    prompts,
  }
}

/** A challenge without a method is plain: facts A2. */
function readChallenge(parameters: Parameters): AuthorizationCode['challenge'] {
  const { code_challenge: value, code_challenge_method: method = 'plain' } = parameters
  if (value === undefined) return undefined
  if (method !== 'S256' && method !== 'plain') {
    throw malformedRequest(`The code_challenge_method '${method}' is not supported.`)
  }
  if (value.length < 43 || value.length > 128) throw challengeSize()
  return { value, method }
}

/** Whether the account signed in already is not, or not surely, the one the app asks for. */
function mustPick({ prompts, loginHint }: AuthorizationRequest, { user }: Visitor): boolean {
  const otherHinted = loginHint !== undefined && !isHinted(user, loginHint)
  return otherHinted || prompts.includes('login') || prompts.includes('select_account')
}

/** Shows a page while consent is open; nothing once it is there. Throws what was decided against it. */
function askConsent(
  world: World,
  at: {
    request: PageRequest
    reply: FastifyReply
    app: AppRegistration
    visitor: Visitor
    asked: AuthorizationRequest
    decision: Decision
  },
): FastifyReply | undefined {
  const { app, visitor, asked, decision } = at
  const person = { tenantId: visitor.tenant.id, clientId: app.clientId, objectId: visitor.user.id }
  const missing = scopesToAccept(world, { ...person, scopes: asked.scopes })
  if (missing.length === 0 && !asked.prompts.includes('consent')) return undefined
  if (asked.prompts.includes('none')) throw consentMissing(app, 'interaction_required')
  if (missing.some(needsAdmin) && !visitor.account.isAdmin) {
    if (decision === 'cancel') throw adminConsentRequired(app)
    return sendAdminNeededPage(at.request, at.reply, { app, visitor })
  }
  if (decision === 'cancel') throw consentDeclined()
  if (decision !== 'accept') {
    const permissions = asked.scopes
    return sendConsentPage(at.request, at.reply, { app, visitor, permissions, forOrganization: false })
  }
  acceptScopes(world, { ...person, scopes: asked.scopes })
  // The first consent of anybody in a tenant brings the app's service principal there.
  grantPermissions(visitor.tenant, app, [])
  return undefined
}

function issueCode(
  world: World,
  to: { app: AppRegistration; visitor: Visitor; asked: AuthorizationRequest; address: ReplyAddress },
): string {
  const code = randomSecret()
  world.login.codes.set(code, {
    tenantId: to.visitor.tenant.id,
    clientId: to.app.clientId,
    objectId: to.visitor.user.id,
    scopes: to.asked.scopes,
    sessionId: to.visitor.session.id,
    authenticatedAt: to.visitor.session.authenticatedAt,
    redirectUri: to.address.redirectUri,
    nonce: to.asked.nonce,
    challenge: to.asked.challenge,
    expiresAt: new Date(world.now().getTime() + CODE_LIFETIME_MS),
    redeemed: false,
  })
  return code
}
