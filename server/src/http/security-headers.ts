import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import helmet from 'helmet'
import type { App } from './types.ts'

/**
 * The headers that tell a browser what a page of the panel may do; HSTS only where the panel is on https.
 * https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
 */
export function securityHeaders(app: App, baseUrl: string): void {
  // Made once: @fastify/helmet makes it anew for each request, and what it leaves of that only a full collection frees.
  const setHeaders = helmet({
    contentSecurityPolicy: false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    hsts: baseUrl.startsWith('https:') ? { maxAge: 31_536_000, includeSubDomains: true } : false,
  })
  app.addHook('onRequest', (request, reply, done) => setHeaders(request.raw, reply.raw, () => done()))
  app.addHook('onRequest', async (request, reply) => {
    reply.header('content-security-policy', NO_PAGE)
    reply.header('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()')
    reply.header('x-request-id', request.id)
    if (isApi(request.url)) reply.header('cache-control', 'no-store')
  })
}

/** For an answer that is no page: whoever opens it as one sees it, and nothing in it runs or loads. */
const NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Lets an answer be a page, which runs what is marked with the nonce that this answers: one of its own for each answer. */
export function allowPage(reply: FastifyReply): string {
  const nonce = randomBytes(16).toString('base64')
  reply.header('content-security-policy', pagePolicy(nonce))
  return nonce
}

/**
 * What a page may load. A script runs only where it carries the nonce, or was imported by one that does. React sets style
 * attributes through the CSSOM, which no policy is asked about; style elements need the nonce.
 */
const pagePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

/** Whether a path belongs to the API rather than to the web app. */
export const isApi = (url: string): boolean => /^\/api(\/|\?|$)/.test(url)
