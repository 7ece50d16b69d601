import type { FastifyReply, FastifyRequest } from 'fastify'

/** `__Host-` makes the browser insist on https, this very host and no path; plain http is for localhost alone. */
const cookieName = (baseUrl: string): string =>
  baseUrl.startsWith('https:') ? '__Host-keyroster' : 'keyroster'

const attributes = (baseUrl: string) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: baseUrl.startsWith('https:'),
})

export function readSessionCookie(request: FastifyRequest, baseUrl: string): string | null {
  return request.cookies[cookieName(baseUrl)] ?? null
}

/** Gives the browser the session id; it goes when the browser closes, and the server ends it in any case. */
export function setSessionCookie(reply: FastifyReply, token: string, baseUrl: string): void {
  reply.setCookie(cookieName(baseUrl), token, attributes(baseUrl))
}

export function clearSessionCookie(reply: FastifyReply, baseUrl: string): void {
  reply.clearCookie(cookieName(baseUrl), attributes(baseUrl))
}
