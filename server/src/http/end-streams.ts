import { finished } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { stillMay } from '../admins/still-may.ts'
import type { Panel } from '../panel.ts'

/** How often it is asked whether the reader of an open stream still may, in milliseconds. */
const INTERVAL = 2_000

/**
 * A preHandler hook: a stream is asked for once and read for long, so it is cut within seconds after its reader signed out,
 * was disabled, or lost the role or the token. A browser that still may opens it again by itself.
 */
export function endStreams({
  database: { db },
}: Panel): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    const { stream, action } = request.routeOptions.config
    if (!stream || action === undefined) return
    const ask = await stillMay(db, request.admin, action)
    const timer = setInterval(async () => {
      // Where the database does not answer, nobody knows: the next time tells.
      const may = await ask().catch((error: unknown) => {
        request.log.warn({ err: error }, 'whether a stream may go on is not known')
        return true
      })
      if (!may) reply.raw.destroy()
    }, INTERVAL)
    finished(reply.raw, () => clearInterval(timer))
  }
}
