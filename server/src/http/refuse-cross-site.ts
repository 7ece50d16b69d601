import type { FastifyRequest } from 'fastify'
import { ProblemError } from '../problem.ts'

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * An onRequest hook that lets a change through only where it comes from the panel itself: with our own header, which no
 * other site can send without our consent, and from our own origin where the browser tells it.
 */
export function refuseCrossSite(baseUrl: string): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (reading.has(request.method)) return
    // A token is no cookie: no browser adds it by itself.
    if (request.headers.authorization !== undefined) return
    const { origin, 'sec-fetch-site': site, 'x-keyroster': mark } = request.headers
    if (origin !== undefined && origin !== baseUrl)
      throw refusal(`Open the panel at ${baseUrl}, then try again.`)
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      throw refusal('Changes are accepted from the panel itself only.')
    }
    if (mark !== '1') throw refusal('Send the header x-keyroster: 1 with every change.')
  }
}

const refusal = (detail: string) => new ProblemError('cross_site_refused', detail)
