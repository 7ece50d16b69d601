import type { RequestIds } from './headers.ts'

/**
 * A refusal as Graph words it.
 * https://learn.microsoft.com/en-us/graph/errors
 */
export class GraphError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Record<string, string>

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** The error body: the inner date has no zone, the inner ids are those of the headers. */
export function errorBody(error: GraphError, ids: RequestIds, now: Date): unknown {
  const innerError = {
    date: now.toISOString().slice(0, 19),
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId,
  }
  if (error.status !== 429) return { error: { code: error.code, message: error.message, innerError } }
  return {
    error: {
      code: error.code,
      innerError: { code: '429', ...innerError, message: 'Please retry after', status: '429' },
      message: error.message,
    },
  }
}

export const badRequest = (message: string) => new GraphError(400, 'Request_BadRequest', message)
export const badUrl = (message: string) => new GraphError(400, 'BadRequest', message)
export const unsupportedQuery = (message = 'Unsupported Query.') =>
  new GraphError(400, 'Request_UnsupportedQuery', message)
export const expiredPageToken = () =>
  new GraphError(
    400,
    'Directory_ExpiredPageToken',
    'The specified page token value has expired and can no longer be included in your request.',
  )
export const segmentNotFound = (segment: string) => badUrl(`Resource not found for the segment '${segment}'.`)
export const objectNotFound = (id: string) =>
  new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )
export const accessDenied = () =>
  new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
export const notImplemented = () =>
  new GraphError(501, 'NotImplemented', 'This operation target is not yet supported.')
export const methodNotAllowed = () =>
  new GraphError(405, 'methodNotAllowed', 'The method is not supported for this URL.')
