import { STATUS_CODES } from 'node:http'
import type { Problem } from '@keyroster/api/problem.ts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { badRequest, ProblemError } from '../problem.ts'
import { problemFields } from './problem-fields.ts'
import { problemStatus } from './problem-status.ts'

/** Answers any error as RFC 9457 problem details. What was not expected is logged, and answered by request id alone. */
export function answerProblem(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const known = asProblem(error)
  if (known === null && request.signal.aborted) {
    request.log.debug({ err: error }, 'the client went away')
    return sendProblem(request, reply, 500, new ProblemError('internal_error', 'The client went away.'))
  }
  if (known === null) {
    request.log.error({ err: error }, 'unexpected error')
    const detail = `Something went wrong in the panel. Its log has the cause under request ${request.id}.`
    return sendProblem(request, reply, 500, new ProblemError('internal_error', detail))
  }
  if (known.problem.cause !== undefined) {
    request.log.warn({ err: known.problem.cause, code: known.problem.code }, known.problem.message)
  }
  return sendProblem(request, reply, known.status, known.problem)
}

function asProblem(error: FastifyError | Error): { problem: ProblemError; status: number } | null {
  if (error instanceof ProblemError) return { problem: error, status: problemStatus[error.code] }
  if (hasZodFastifySchemaValidationErrors(error)) {
    // A path whose id is no id leads nowhere, like one whose id is nobody's.
    if (error.validationContext === 'params') return { problem: nothingHere(), status: 404 }
    return { problem: badRequest(problemFields(error.validation)), status: 400 }
  }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (status < 400 || status > 499) return null
  const detail = 'code' in error ? requestFaults[error.code] : undefined
  // A fault that is named here needs no cause in the log, where Fastify would quote the address it was sent to.
  const problem = detail
    ? new ProblemError('bad_request', detail)
    : new ProblemError('bad_request', 'The request cannot be understood.', { cause: error })
  return { problem, status }
}

/** Fastify's own refusals, by its codes: https://fastify.dev/docs/latest/Reference/Errors/ */
const requestFaults: Record<string, string> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not well-formed JSON.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty, but its content type says JSON.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the body as JSON, with content-type: application/json.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its content-length says.',
  FST_ERR_BAD_URL: 'The address cannot be decoded.',
}

export function nothingHere(): ProblemError {
  return new ProblemError('not_found', 'There is nothing at this address.')
}

function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  problem: ProblemError,
): FastifyReply {
  const body: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: problem.code,
    detail: problem.message,
    requestId: request.id,
    ...(problem.fields && { fields: problem.fields }),
    ...(problem.link && { link: problem.link }),
  }
  return reply.code(status).type('application/problem+json').serializer(JSON.stringify).send(body)
}
