import type { FastifyRequest } from 'fastify'
import { readSessionCookie } from '../admins/session-cookie.ts'
import { findSession } from '../admins/sessions.ts'
import type { Panel } from '../panel.ts'
import { notSignedIn } from '../problem.ts'

/** An onRequest hook: every route needs a session, except where its config says `public`; an unknown route is a 404. */
export function requireSession({ config, database }: Panel): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (request.routeOptions.config.public || request.is404) return
    const token = readSessionCookie(request, config.baseUrl)
    const admin = token === null ? null : await findSession(database.db, token)
    if (admin === null) throw notSignedIn()
    request.admin = admin
  }
}
