import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DirectoryUser } from '../directory.ts'
import { html } from '../html.ts'
import { sendPage } from '../page.ts'
import type { Account, AppRegistration, Tenant, World } from '../world.ts'
import { accountDisabled, malformedRequest } from './aadsts.ts'
import { type BrowserSession, randomSecret } from './login-state.ts'
import { readParameters, required } from './parameters.ts'
import { authorityInPath, tenantsOf } from './tenant-in-path.ts'

const COOKIE = 'entra_emulator_session'

/** A person at the browser: the account picked there and the tenant it was picked in. */
export interface Visitor {
  session: BrowserSession
  tenant: Tenant
  account: Account
  user: DirectoryUser
}

/** Who is signed in at this browser, if that account belongs to one of these tenants. */
export function visitorOf(world: World, request: FastifyRequest, tenants: Tenant[]): Visitor | undefined {
  const session = world.login.sessions.get(sessionIdOf(request))
  const tenant = tenants.find(({ id }) => id === session?.tenantId)
  const account = tenant?.accounts.find(({ objectId }) => objectId === session?.objectId)
  const user = account && tenant?.directory.user(account.objectId)
  return session && tenant && account && user ? { session, tenant, account, user } : undefined
}

/** The account picker; picking leads back to the URL it stands in for. */
export function sendAccountPicker(
  request: FastifyRequest,
  reply: FastifyReply,
  to: { app: AppRegistration; tenants: Tenant[]; loginHint: string | undefined },
): FastifyReply {
  const path = new URL(request.url, 'http://localhost').pathname
  const people = to.tenants
    .flatMap((tenant) => tenant.accounts.map((account) => ({ tenant, account })))
    .map(({ tenant, account }) => ({ tenant, account, user: tenant.directory.user(account.objectId) }))
    .filter((person) => person.user !== undefined)
    .sort(
      (one, other) => Number(isHinted(other.user, to.loginHint)) - Number(isHinted(one.user, to.loginHint)),
    )
  return sendPage(reply, {
    title: 'Pick an account',
    body: html`<h1>Pick an account</h1>
<p class="quiet">to continue to ${to.app.displayName}</p>
<form method="post" action="/${path.split('/')[1]}/login">
<input type="hidden" name="return" value="${request.url}">
<ul class="plain">${people.map(
      ({ tenant, account, user }) => html`<li>
<button name="account" value="${tenant.id}/${account.objectId}"${isHinted(user, to.loginHint) && html` class="main" autofocus`}>Sign in as ${user?.displayName}</button>
<span class="quiet">${user?.userPrincipalName} · ${tenant.displayName} · ${account.isAdmin ? 'administrator' : 'not an administrator'}</span>
</li>`,
    )}</ul>
</form>`,
  })
}

/** Whether `login_hint` means this person. */
export function isHinted(user: DirectoryUser | undefined, loginHint: string | undefined): boolean {
  return loginHint !== undefined && user?.userPrincipalName.toLowerCase() === loginHint.toLowerCase()
}

/** The same URL, asking for another account. */
export function withOtherAccount(request: FastifyRequest): string {
  const url = new URL(request.url, 'http://localhost')
  url.searchParams.set('prompt', 'select_account')
  url.searchParams.delete('login_hint')
  return url.pathname + url.search
}

export function registerSignIn(app: FastifyInstance, world: World): void {
  app.post<{ Params: { tenant: string } }>('/:tenant/login', async (request, reply) => {
    const parameters = readParameters(request.body)
    const tenants = tenantsOf(world, authorityInPath(world, request.params.tenant))
    const [tenantId, objectId] = required(parameters, 'account').split('/')
    const tenant = tenants.find(({ id }) => id === tenantId)
    const account = tenant?.accounts.find((account) => account.objectId === objectId)
    const user = account && tenant?.directory.user(account.objectId)
    if (!tenant || !user) throw malformedRequest('There is no such account.')
    if (!user.accountEnabled) throw accountDisabled()

    const session = {
      id: randomSecret(),
      tenantId: tenant.id,
      objectId: user.id,
      authenticatedAt: world.now(),
    }
    world.login.sessions.delete(sessionIdOf(request))
    world.login.sessions.set(session.id, session)
    return setCookie(reply, session.id).redirect(returnPath(world, required(parameters, 'return')), 303)
  })

  app.get<{ Params: { tenant: string } }>('/:tenant/oauth2/v2.0/logout', async (request, reply) => {
    const { post_logout_redirect_uri: back } = readParameters(request.query)
    world.login.sessions.delete(sessionIdOf(request))
    setCookie(reply, '')
    if (back && world.apps.some(({ redirectUris }) => redirectUris.includes(back)))
      return reply.redirect(back)
    return sendPage(reply, { title: 'Signed out', body: html`<h1>You signed out of your account</h1>` })
  })
}

/** The URL the picker stood in for, now that the account it asked for is picked; refuses one elsewhere. */
function returnPath(world: World, given: string): string {
  const url = URL.parse(given, world.origin)
  if (!given.startsWith('/') || url?.origin !== world.origin)
    throw malformedRequest('The return is elsewhere.')
  const prompts = url.searchParams.get('prompt')?.split(' ') ?? []
  const left = prompts.filter((prompt) => prompt !== 'login' && prompt !== 'select_account')
  if (left.length > 0) url.searchParams.set('prompt', left.join(' '))
  else url.searchParams.delete('prompt')
  return url.pathname + url.search
}

function sessionIdOf(request: FastifyRequest): string {
  const cookies = request.headers.cookie?.split(/; */) ?? []
  const cookie = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))
  return cookie?.slice(COOKIE.length + 1) ?? ''
}

function setCookie(reply: FastifyReply, id: string): FastifyReply {
  return reply.header('set-cookie', `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax`)
}
