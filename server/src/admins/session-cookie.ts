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

/** Holds a trip to Microsoft in the browser that began it, for as long as the trip is good. */
const tripCookieName = (baseUrl: string): string => `${cookieName(baseUrl)}-trip`

export function readTripCookie(request: FastifyRequest, baseUrl: string): string | null {
  return request.cookies[tripCookieName(baseUrl)] ?? null
}

/** `seconds` is how long the browser keeps it. */
export function setTripCookie(reply: FastifyReply, token: string, baseUrl: string, seconds: number): void {
  reply.setCookie(tripCookieName(baseUrl), token, { ...attributes(baseUrl), maxAge: seconds })
}

export function clearTripCookie(reply: FastifyReply, baseUrl: string): void {
  reply.clearCookie(tripCookieName(baseUrl), attributes(baseUrl))
}
