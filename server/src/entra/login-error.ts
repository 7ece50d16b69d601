import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client'
import { signInFault } from './aadsts.ts'
import { GraphError } from './graph-error.ts'
import { readRetryAfter } from './retry-after.ts'
import { unreachable } from './unreachable.ts'

/** Body of an OAuth error as Entra sends it, as far as it is read. */
interface LoginErrorBody {
  error?: unknown
  error_description?: unknown
  error_codes?: unknown
  trace_id?: unknown
}

/** openid-client's codes for an answer that came whole and is not true. */
const notTrue = new Set([
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_INVALID_RESPONSE',
])

/** Sorts whatever openid-client throws while it talks to Entra's login. */
export async function sortLoginError(thrown: unknown): Promise<GraphError> {
  if (thrown instanceof GraphError) return thrown
  if (thrown instanceof ResponseBodyError) {
    return refusedWithBody(thrown.response, thrown.cause as LoginErrorBody)
  }
  if (thrown instanceof AuthorizationResponseError) {
    return refusedByRedirect(thrown.error, thrown.error_description ?? '')
  }
  if (!(thrown instanceof ClientError)) return unreachable('Microsoft’s sign-in', thrown)
  if (thrown.cause instanceof Response) return sortResponse(thrown.cause, thrown)
  if (thrown.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') {
    return new GraphError({
      code: 'clock_off',
      finding: 'By this machine’s clock, Microsoft’s answer is not valid yet or no longer.',
      remedy: 'Set the clock of the machine that runs the panel, for example by NTP.',
      cause: thrown,
    })
  }
  if (thrown.code !== undefined && notTrue.has(thrown.code)) {
    return new GraphError({
      code: 'sign_in_failed',
      finding: 'The answer of Microsoft’s sign-in did not stand up to verification.',
      remedy: 'Start again; if it stays, check what stands between the panel and Microsoft.',
      cause: thrown,
    })
  }
  if (thrown.code === 'OAUTH_PARSE_ERROR') return broken({ cause: thrown })
  return unreachable('Microsoft’s sign-in', thrown)
}

/**
 * The same for a token that the app asks for on its own: there is nothing to verify, so that a whole answer without a token is a
 * broken one, such as a proxy's.
 */
export async function sortTokenError(thrown: unknown): Promise<GraphError> {
  const isBroken = thrown instanceof ClientError && thrown.code === 'OAUTH_INVALID_RESPONSE'
  return isBroken ? broken({ cause: thrown }) : sortLoginError(thrown)
}

/** What the `error` and `error_description` of a redirect back to us mean. */
export function refusedByRedirect(error: string, description: string): GraphError {
  return new GraphError({
    ...signInFault(error, [], description),
    cause: { error, description: description.slice(0, 500) },
  })
}

async function sortResponse(response: Response, thrown: ClientError): Promise<GraphError> {
  const body: unknown = response.bodyUsed ? null : await response.json().catch(() => null)
  if (typeof body === 'object' && body !== null && 'error' in body) return refusedWithBody(response, body)
  return broken({ ...answerOf(response), cause: thrown })
}

function refusedWithBody(response: Response, body: LoginErrorBody): GraphError {
  const codes = Array.isArray(body.error_codes)
    ? body.error_codes.filter((code): code is number => typeof code === 'number')
    : []
  const fault = signInFault(String(body.error), codes, String(body.error_description ?? ''))
  const answer = answerOf(response)
  return new GraphError({
    ...fault,
    ...answer,
    retryable: fault.retryable || response.status === 429 || response.status >= 500,
    requestId: typeof body.trace_id === 'string' ? body.trace_id : answer.requestId,
    cause: { error: body.error, codes },
  })
}

function broken(answer: Partial<ReturnType<typeof answerOf>> & { cause: unknown }): GraphError {
  return new GraphError({
    code: answer.status === 429 ? 'throttled' : 'microsoft_failed',
    finding: 'Microsoft’s sign-in gave an answer that cannot be used.',
    retryable: true,
    ...answer,
  })
}

function answerOf(response: Response) {
  return {
    status: response.status,
    retryAfter: readRetryAfter(
      response.headers.get('retry-after') ?? undefined,
      response.headers.get('date') ?? undefined,
    ),
    requestId: response.headers.get('x-ms-request-id'),
  }
}
