import { readAccessToken } from '../oauth/access-token.ts'
import { faultAnswer } from '../play-faults.ts'
import type { Tenant, World } from '../world.ts'
import { resourceUnits } from './cost.ts'
import { accessDenied, errorBody, GraphError, methodNotAllowed } from './errors.ts'
import type { GraphAnswer, GraphRequest } from './exchange.ts'
import { listGroups, readGroup } from './groups.ts'
import { answerHeaders, requestIds } from './headers.ts'
import { type ListRequest, readList } from './list.ts'
import { listMembers } from './members.ts'
import { parseOptions, type QueryOptions } from './odata/options.ts'
import { listOrganizations, readOrganization } from './organization.ts'
import { canReadSignInActivity, checkPermission } from './permissions.ts'
import { parseResource, type Resource } from './resource.ts'
import type { Budgets } from './throttle.ts'
import { listUsers, readUser } from './users.ts'

const SIGN_IN_ACTIVITY_PAGE = 500

/** Answers one request to Graph: who asks, what for, may they, can they now. `known` asks for a part of a batch. */
export async function answerGraph(
  world: World,
  budgets: Budgets,
  request: GraphRequest,
  known?: Caller,
): Promise<GraphAnswer> {
  const struck = faultAnswer(request.effects, request.path)
  if (struck) return { ...struck, body: jsonOr(struck.body), cost: 0 }
  const ids = requestIds(request.headers['client-request-id'])
  try {
    const caller = known ?? (await authenticate(world, request))
    if (request.method !== 'GET') throw methodNotAllowed()
    const resource = parseResource(request.path)
    checkPermission(resource, caller.permissions)
    const options = parseOptions(request.query)
    const cost = resourceUnits(resource, options)
    budgets.check(caller, cost)
    const body = readResource(world, caller, resource, options, request)
    // Refused requests are not charged, as others have measured.
    budgets.charge(caller, cost)
    return { status: 200, headers: answerHeaders({ status: 200, body, cost }, ids), body, cost }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    const body = errorBody(error, ids, world.now())
    const headers = { ...answerHeaders({ status: error.status, body, cost: 0 }, ids), ...error.headers }
    return { status: error.status, headers, body, cost: 0 }
  }
}

/** What the text is the JSON of, so that a part of a batch holds it as such; else the text. */
function jsonOr(text: string): unknown {
  return /^[[{]/.test(text) ? JSON.parse(text) : text
}

const CHALLENGE =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"'

/** Who asks, as the token says. */
export type Caller = Awaited<ReturnType<typeof authenticate>>

/** Who calls. Throws 401 or 403 as the token deserves. */
export async function authenticate(world: World, request: Pick<GraphRequest, 'headers'>) {
  const access = await readAccessToken(world, request.headers.authorization)
  if (access.ok) return access
  const { status, code, message } = access
  throw new GraphError(status, code, message, status === 401 ? { 'www-authenticate': CHALLENGE } : {})
}

function readResource(
  world: World,
  { tenant, permissions }: { tenant: Tenant; permissions: Set<string> },
  resource: Resource,
  options: QueryOptions,
  request: GraphRequest,
): unknown {
  const { directory } = tenant
  const list: ListRequest = {
    world,
    options,
    path: request.path.replace(/\/$/, ''),
    eventual: request.headers.consistencylevel?.toLowerCase() === 'eventual',
    count: 'count' in resource && resource.count,
    effects: request.effects,
    largestPage: Math.min(
      world.largestPage ?? Number.POSITIVE_INFINITY,
      asksSignInActivity(options) ? SIGN_IN_ACTIVITY_PAGE : Number.POSITIVE_INFINITY,
    ),
  }
  if (asksSignInActivity(options) && !canReadSignInActivity(permissions)) throw accessDenied()
  switch (resource.kind) {
    case 'users':
      return readList(listUsers(directory), list)
    case 'user':
      return readUser(directory, resource.id, options)
    case 'groups':
      return readList(listGroups(directory), list)
    case 'group':
      return readGroup(directory, resource.id, options)
    case 'members':
      return readList(listMembers(directory, resource, permissions), list)
    case 'organizations':
      return listOrganizations(tenant, options)
    case 'organization':
      return readOrganization(tenant, resource.id, options)
  }
}

function asksSignInActivity(options: QueryOptions): boolean {
  return options.select?.includes('signInActivity') ?? false
}
