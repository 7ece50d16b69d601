import { randomUUID } from 'node:crypto'
import { type DirectorySession, watchClock } from './directory-session.ts'
import { unitsOf } from './governor.ts'
import type { GraphOptions } from './graph-client.ts'
import { GraphError } from './graph-error.ts'
import { judgeAnswer } from './judge-answer.ts'
import { retrying } from './retry.ts'
import { type GraphAnswer, send } from './send.ts'

/**
 * One request to Graph with all its tries: waits, broken answers and one new token after a 401. Answers the judged body.
 * Throws GraphError, or the signal's reason. `json` makes it a POST.
 */
export function requestGraph(
  session: DirectorySession,
  url: URL,
  options: GraphOptions,
  json?: unknown,
): Promise<unknown> {
  return retrying(session.governor, options, unitsOf(url.pathname), () =>
    attemptGraph(session, url, options, json),
  )
}

/** A single try, but for the one new token after a 401. */
export async function attemptGraph(
  session: DirectorySession,
  url: URL,
  options: GraphOptions,
  json?: unknown,
): Promise<unknown> {
  return judgeAnswer(url.pathname, await sendOnce(session, url, options, json))
}

async function sendOnce(
  session: DirectorySession,
  url: URL,
  options: GraphOptions,
  json: unknown,
): Promise<GraphAnswer> {
  const token = await session.token.current()
  const answer = await sendWith(session, token, url, options, json)
  if (answer.status !== 401) return answer
  return sendWith(session, await session.token.renew(token), url, options, json)
}

async function sendWith(
  session: DirectorySession,
  token: string,
  url: URL,
  options: GraphOptions,
  json: unknown,
): Promise<GraphAnswer> {
  const clientRequestId = randomUUID()
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    'user-agent': 'Keyroster',
    'client-request-id': clientRequestId,
  }
  if (options.eventual) headers.consistencylevel = 'eventual'
  if (json !== undefined) headers['content-type'] = 'application/json'
  const started = performance.now()
  const call = { method: json === undefined ? ('GET' as const) : ('POST' as const), url, headers }
  // The path alone: a query may hold what somebody searched for.
  const about = { clientRequestId, path: url.pathname }
  try {
    const answer = await send(
      { ...call, body: json === undefined ? undefined : JSON.stringify(json) },
      options,
    )
    watchClock(session, answer.headers.date)
    settleUnits(session, url, answer)
    session.log.debug(
      {
        ...about,
        status: answer.status,
        requestId: answer.headers['request-id'],
        milliseconds: Math.round(performance.now() - started),
      },
      'graph answered',
    )
    return answer
  } catch (error) {
    if (error instanceof GraphError) session.log.warn({ ...about, err: error.cause }, 'graph did not answer')
    throw error
  }
}

/** Some answers say what they cost; a batch says what its envelope did, which tells nothing. */
function settleUnits(session: DirectorySession, url: URL, answer: GraphAnswer): void {
  const cost = Number(answer.headers['x-ms-resource-unit'])
  if (url.pathname.endsWith('/$batch') || !Number.isFinite(cost)) return
  session.governor.settle(cost - unitsOf(url.pathname))
}
