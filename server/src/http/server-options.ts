import type { Config } from '../config.ts'
import { loadTls } from '../tls.ts'

/** How long a connection on which nothing moves is kept: longer than any answer that waits for Microsoft takes. */
const idleMs = 300_000

/** Time for a whole request, and for its headers: a client that sends byte by byte holds nothing up. */
const requestMs = 30_000
const headersMs = 15_000

/** What Fastify listens with. Throws StartRefusal where the certificate cannot be served. */
export function serverOptions({ tls, trustedProxies }: Config) {
  const limits = { headersTimeout: headersMs, connectionsCheckingInterval: 1000 }
  return {
    bodyLimit: 2 ** 20,
    requestTimeout: requestMs,
    connectionTimeout: idleMs,
    routerOptions: { maxParamLength: 100 },
    // Of X-Forwarded-* only the address counts anywhere, and only from these; the panel knows its own origin from its settings.
    trustProxy: trustedProxies.length > 0 && trustedProxies,
    ...(tls === null ? { http: limits } : { https: { ...limits, ...loadTls(tls) } }),
  }
}
