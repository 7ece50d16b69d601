import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import { type FastifyBaseLogger, fastify } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { passkeyRoutes } from '../admins/passkey-routes.ts'
import { sessionRoutes } from '../admins/session-routes.ts'
import { callbackRoute } from '../connections/callback-route.ts'
import { connectionRoutes } from '../connections/routes.ts'
import { groupRoutes } from '../groups/routes.ts'
import { importRoutes } from '../imports/routes.ts'
import { notificationRoutes } from '../notifications/routes.ts'
import type { Panel } from '../panel.ts'
import { tooManyRequests } from '../problem.ts'
import { userRoutes } from '../users/routes.ts'
import { healthRoutes } from './health.ts'
import { openApiRoutes } from './openapi.ts'
import { answerProblem } from './problem-responses.ts'
import { refuseCrossSite } from './refuse-cross-site.ts'
import { requireSession } from './require-session.ts'
import { securityHeaders } from './security-headers.ts'
import { staticWeb } from './static-web.ts'
import type { App } from './types.ts'
import { refuseUnstorableText } from './unstorable-text.ts'

/** Every slice's routes, in the order the API document lists them. */
const slices = [
  sessionRoutes,
  passkeyRoutes,
  connectionRoutes,
  callbackRoute,
  importRoutes,
  userRoutes,
  groupRoutes,
  notificationRoutes,
]

/**
 * Builds the panel's HTTP app, ready to listen or to inject requests into. `webFolder` is where the built web app lies.
 */
export async function createApp(panel: Panel, webFolder?: string): Promise<App> {
  const app: App = fastify({
    loggerInstance: panel.log as FastifyBaseLogger,
    // Fastify's own request log has the whole address, and the callback from Microsoft carries a code in it.
    disableRequestLogging: true,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    frameworkErrors: answerProblem,
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(answerProblem)
  logRequests(app)
  await securityHeaders(app, panel.config.baseUrl)
  await app.register(cookie)
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) => tooManyRequests(Math.ceil(ttl / 1000)),
  })
  app.addHook('onRequest', refuseCrossSite(panel.config.baseUrl))
  app.addHook('onRequest', requireSession(panel))
  app.addHook('preValidation', refuseUnstorableText)
  await openApiRoutes(app)
  await healthRoutes(app, panel)
  for (const routes of slices) await routes(app, panel)
  await staticWeb(app, webFolder)
  await app.ready()
  return app
}

/** One line a request: the route as it is declared, never the address as it was sent. */
function logRequests(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    const milliseconds = Math.round(reply.elapsedTime)
    request.log.info(
      { method, route: routeOptions.url ?? null, status: reply.statusCode, milliseconds },
      'answered',
    )
  })
}
