import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import { type FastifyBaseLogger, fastify, type RouteOptions } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { adminRoutes } from '../admins/admin-routes.ts'
import { invitationRoutes } from '../admins/invitation-routes.ts'
import { microsoftRoutes } from '../admins/microsoft-routes.ts'
import { passkeyRoutes } from '../admins/passkey-routes.ts'
import { sessionRoutes } from '../admins/session-routes.ts'
import { tokenRoutes } from '../admins/token-routes.ts'
import { auditRoutes } from '../audit/routes.ts'
import { callbackRoute } from '../connections/callback-route.ts'
import { connectionRoutes } from '../connections/routes.ts'
import { groupRoutes } from '../groups/routes.ts'
import { importRoutes } from '../imports/routes.ts'
import { notificationRoutes } from '../notifications/routes.ts'
import type { Panel } from '../panel.ts'
import { tooManyRequests } from '../problem.ts'
import { userRoutes } from '../users/routes.ts'
import { authorize } from './authorize.ts'
import { endStreams } from './end-streams.ts'
import { eventStreams } from './event-stream.ts'
import { healthRoutes } from './health.ts'
import { limitStreams } from './limit-streams.ts'
import { openApiRoutes } from './openapi.ts'
import { answerProblem } from './problem-responses.ts'
import { reachNothing, reachWorkspace } from './reach-of-request.ts'
import { recordRefusals } from './record-refusals.ts'
import { refuseCrossSite } from './refuse-cross-site.ts'
import { RouteLog } from './route-log.ts'
import { securityHeaders } from './security-headers.ts'
import { serverOptions } from './server-options.ts'
import { staticWeb } from './static-web.ts'
import type { App } from './types.ts'
import { refuseUnstorableText } from './unstorable-text.ts'

/** Every slice's routes, in the order the API document lists them. */
const slices = [
  sessionRoutes,
  microsoftRoutes,
  passkeyRoutes,
  adminRoutes,
  invitationRoutes,
  tokenRoutes,
  connectionRoutes,
  callbackRoute,
  importRoutes,
  userRoutes,
  groupRoutes,
  notificationRoutes,
  auditRoutes,
]

/**
 * Builds the panel's HTTP app, ready to listen or to inject requests into. `webFolder` is where the built web app lies; `onRoute` hears of
 * every route, for tests that walk them all.
 */
export async function createApp(
  panel: Panel,
  webFolder?: string,
  onRoute?: (route: RouteOptions) => void,
): Promise<App> {
  const app: App = fastify({
    ...serverOptions(panel.config),
    loggerInstance: panel.log as FastifyBaseLogger,
    logController: new RouteLog(),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    frameworkErrors: answerProblem,
  })
  if (onRoute) app.addHook('onRoute', onRoute)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(answerProblem)
  // Bodies are JSON: a browser may send text across origins without asking.
  app.removeContentTypeParser('text/plain')
  securityHeaders(app, panel.config.baseUrl)
  await app.register(cookie)
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) => tooManyRequests(Math.ceil(ttl / 1000)),
  })
  const refusals = recordRefusals(panel)
  app.addHook('onError', (request, _reply, error) => refusals.record(request, error))
  app.addHook('onClose', () => refusals.close())
  app.addHook('onRequest', reachNothing)
  app.addHook('onRequest', refuseCrossSite(panel.config.baseUrl))
  app.addHook('onRequest', authorize(panel))
  app.addHook('preValidation', refuseUnstorableText)
  app.addHook('preHandler', limitStreams())
  app.addHook('preHandler', reachWorkspace)
  app.addHook('preHandler', endStreams(panel))
  eventStreams(app)
  await openApiRoutes(app)
  await healthRoutes(app, panel)
  for (const routes of slices) await routes(app, panel)
  await staticWeb(app, webFolder)
  await app.ready()
  return app
}
