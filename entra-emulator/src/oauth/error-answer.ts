import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { html } from '../html.ts'
import { sendPage } from '../page.ts'
import type { World } from '../world.ts'
import type { AadstsError } from './aadsts.ts'

/** The error body of facts A5. */
interface ErrorBody {
  error: string
  error_description: string
  error_codes: number[]
  timestamp: string
  trace_id: string
  correlation_id: string
  error_uri: string
  suberror?: string
}

/** An error as Microsoft words it: with ids to quote and the time, in `error_description` too. */
export function describeError(world: World, request: FastifyRequest, error: AadstsError): ErrorBody {
  const timestamp = world.now().toISOString().replace('T', ' ').replace(/\..*/, 'Z')
  const traceId = randomUUID()
  const correlationId = correlationIdOf(request)
  return {
    error: error.error,
    error_description: `${error.message}\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${timestamp}`,
    error_codes: [error.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${error.code}`,
    ...(error.suberror && { suberror: error.suberror }),
  }
}

function correlationIdOf(request: FastifyRequest): string {
  const { 'client-request-id': given } = { ...request.headers, ...(request.query as Record<string, unknown>) }
  return typeof given === 'string' ? given : randomUUID()
}

export function sendErrorBody(
  world: World,
  request: FastifyRequest,
  reply: FastifyReply,
  error: AadstsError,
): FastifyReply {
  const body = describeError(world, request, error)
  return reply.code(error.status).header('x-ms-request-id', body.trace_id).send(body)
}

/** A page the person is left on: for what must not be sent to an address that nobody vouched for. */
export function sendErrorPage(
  world: World,
  request: FastifyRequest,
  reply: FastifyReply,
  error: AadstsError,
): FastifyReply {
  return sendPage(reply, {
    title: 'Sign-in failed',
    status: 400,
    body: html`<h1>Sorry, but we’re having trouble signing you in.</h1>
<pre class="bad">${describeError(world, request, error).error_description}</pre>`,
  })
}
