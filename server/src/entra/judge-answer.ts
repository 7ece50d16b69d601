import type { ProblemCode } from '@keyroster/api/problem.ts'
import { GraphError, type GraphFault } from './graph-error.ts'
import { readRetryAfter } from './retry-after.ts'
import type { GraphAnswer } from './send.ts'

/** Codes that say a place in a list is no longer known: the list has to be read again from its beginning. */
const lostPlace = new Set(['directory_expiredpagetoken', 'syncstatenotfound', 'resyncrequired'])

const tryAgainStatus = new Set([408, 429, 500, 502, 503, 504, 509])

export const slowDown: GraphFault = {
  code: 'throttled',
  finding: 'Microsoft asks the panel to slow down.',
  remedy: 'Try again in some minutes.',
}

/** The body of a whole answer: JSON, or trimmed text for a `$count`. Throws GraphError where it is anything else. */
export function judgeAnswer(path: string, answer: GraphAnswer): unknown {
  const about = { status: answer.status, requestId: answer.headers['request-id'] ?? null }
  if (answer.status >= 300 && answer.status < 400) {
    throw new GraphError({
      ...about,
      code: 'next_link_refused',
      finding:
        'Something answered in Microsoft’s place and pointed elsewhere, so the panel did not follow it.',
      remedy: 'Check what stands between the panel and Microsoft, such as a proxy that asks for a sign-in.',
    })
  }
  if (answer.status >= 400) throw refusal(path, answer)
  if (path.endsWith('/$count')) return readCountText(answer, about)
  const body = parseJson(answer)
  if (typeof body !== 'object' || body === null || tellsOfError(body)) throw unusable(about)
  return body
}

/** Graph may tell of an error in an answer, or a part of a batch, whose status is that of a success. */
export function tellsOfError(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'error' in body
}

/** The GraphError for a status of 400 or more, also of one part of a batch. */
export function refusal(path: string, answer: GraphAnswer): GraphError {
  const graphCode = readErrorCode(parseJson(answer))
  const fault = faultOf(path, answer.status, graphCode)
  return new GraphError({
    retryable: tryAgainStatus.has(answer.status),
    retryAfter: readRetryAfter(answer.headers['retry-after'], answer.headers.date),
    ...fault,
    status: answer.status,
    graphCode,
    requestId: answer.headers['request-id'] ?? null,
    cause: { path, body: answer.text.slice(0, 1_000) },
  })
}

function faultOf(path: string, status: number, graphCode: string | null): GraphFault {
  const code = graphCode?.toLowerCase() ?? ''
  if (status === 429) return slowDown
  if (status === 410 || lostPlace.has(code)) {
    return {
      code: 'directory_changed_while_reading',
      finding: 'Microsoft no longer knows the place in the list where reading stood.',
      remedy: 'Start again: the list has to be read from its beginning.',
    }
  }
  if (code === 'authorization_identitynotfound') {
    return {
      code: 'consent_missing',
      finding: 'The app is no longer installed in this tenant.',
      remedy: 'Grant access again as an admin of the tenant.',
    }
  }
  if (status === 401) {
    return {
      code: 'sign_in_failed',
      finding: 'Microsoft Graph does not accept the token that Microsoft just issued.',
      remedy: 'Check the connection; grant access again if it stays.',
    }
  }
  if (status === 403) return permissionMissing(path)
  if (status === 404) return { code: 'not_found', finding: 'Microsoft Graph has no such object.' }
  return failed(
    tryAgainStatus.has(status)
      ? 'Microsoft Graph failed for a moment.'
      : 'Microsoft Graph refused the request.',
  )
}

/** Which application permission a path needs at least: https://learn.microsoft.com/en-us/graph/permissions-reference */
function permissionMissing(path: string): GraphFault {
  const permission = path.startsWith('/v1.0/users')
    ? 'User.Read.All'
    : path.startsWith('/v1.0/groups')
      ? 'GroupMember.Read.All'
      : 'Organization.Read.All'
  return {
    code: 'permission_missing',
    finding: `The app does not have the permission ${permission}.`,
    remedy: `Add the application permission ${permission} under API permissions, and grant access again.`,
  }
}

function failed(finding: string): { code: ProblemCode; finding: string } {
  return { code: 'microsoft_failed', finding }
}

/** A whole answer that is no answer, such as a proxy's page: the same request may well succeed later. */
export function unusable(about: { status: number; requestId: string | null }): GraphError {
  return new GraphError({
    ...about,
    ...failed('Microsoft Graph gave an answer that cannot be used.'),
    retryable: true,
  })
}

function readCountText(answer: GraphAnswer, about: { status: number; requestId: string | null }): string {
  // Graph puts a byte order mark before the number.
  const text = answer.text.replace(/^\uFEFF/, '').trim()
  if (!/^\d+$/.test(text)) throw unusable(about)
  return text
}

function parseJson(answer: GraphAnswer): unknown {
  if (!/^application\/json\b/i.test(answer.headers['content-type'] ?? '')) return undefined
  try {
    return JSON.parse(answer.text)
  } catch {
    return undefined
  }
}

/** `error.code`, or the most specific one further in; `innererror` is spelled both ways. */
function readErrorCode(body: unknown): string | null {
  let code: string | null = null
  let error = (body as { error?: unknown } | undefined)?.error
  for (let depth = 0; depth < 5 && typeof error === 'object' && error !== null; depth += 1) {
    const level = error as { code?: unknown; innerError?: unknown; innererror?: unknown }
    if (typeof level.code === 'string' && !/^\d+$/.test(level.code)) code = level.code
    error = level.innerError ?? level.innererror
  }
  return code
}
