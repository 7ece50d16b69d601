import { may } from '@keyroster/api/roles.ts'
import type { FastifyRequest } from 'fastify'
import { readSessionCookie } from '../admins/session-cookie.ts'
import { findSession } from '../admins/sessions.ts'
import { findToken } from '../admins/tokens.ts'
import { panelWide } from '../db/reach.ts'
import type { Panel } from '../panel.ts'
import { notAllowed, notSignedIn, scopeMissing, stepUpNeeded } from '../problem.ts'
import type { SignedInAdmin } from './types.ts'

/**
 * An onRequest hook, the one place where it is decided who asks and whether they may: every route names its action, except
 * where its config says `public`; one that names none is refused to everybody, and an unknown route is a 404.
 */
export function authorize(panel: Panel): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const { config } = request.routeOptions
    if (config.public || request.is404) return
    const admin = await panelWide(() => findAsker(panel, request))
    if (admin === null) throw notSignedIn()
    request.admin = admin
    const { action } = config
    if (action === undefined || !may(admin.role, action)) throw notAllowed(action)
    if (admin.token && !admin.token.scopes.includes(action)) throw scopeMissing(action)
    // A token was made with a fresh passkey touch, and can touch none itself.
    if (config.stepUp && !admin.token && !admin.steppedUp) throw stepUpNeeded()
  }
}

/** A request that brings a token is judged by it alone: a cookie beside it would open what the token may not. */
function findAsker({ config, database }: Panel, request: FastifyRequest): Promise<SignedInAdmin | null> {
  const { authorization } = request.headers
  if (authorization !== undefined) return findToken(database.db, authorization)
  const session = readSessionCookie(request, config.baseUrl)
  return session === null ? Promise.resolve(null) : findSession(database.db, session)
}
