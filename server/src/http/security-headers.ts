import helmet from '@fastify/helmet'
import type { App } from './types.ts'

/** The headers that tell a browser what a page of the panel may do; HSTS only where the panel is on https. */
export async function securityHeaders(app: App, baseUrl: string): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // Mantine sets sizes and colours in style attributes, which no nonce covers.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    hsts: baseUrl.startsWith('https:') ? { maxAge: 31_536_000, includeSubDomains: true } : false,
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (isApi(request.url)) reply.header('cache-control', 'no-store')
  })
}

/** Whether a path belongs to the API rather than to the web app. */
export const isApi = (url: string): boolean => /^\/api(\/|\?|$)/.test(url)
