import { finished } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ProblemError } from '../problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers with a stream, of which one session or token may hold a few at a time. */
    stream?: true
  }
}

/** More than a person has tabs of, and less than holds up the others' questions to the database. */
const mostAtOnce = 20

/** A preHandler hook: counts the open streams of each session and token, so that nobody's are in another's way. */
export function limitStreams(): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const open = new Map<string, number>()
  return async (request, reply) => {
    if (!request.routeOptions.config.stream) return
    const { sessionHash, token } = request.admin
    const holder = token?.id ?? sessionHash?.toString('hex') ?? request.admin.id
    const held = open.get(holder) ?? 0
    if (held >= mostAtOnce) throw tooManyStreams()
    open.set(holder, held + 1)
    finished(reply.raw, () => {
      const left = (open.get(holder) ?? 1) - 1
      if (left > 0) open.set(holder, left)
      else open.delete(holder)
    })
  }
}

const tooManyStreams = () =>
  new ProblemError(
    'too_many_requests',
    `${mostAtOnce} downloads and progress views are open already. Close one, then try again.`,
  )
