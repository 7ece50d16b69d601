import { z } from 'zod'
import type { DirectorySession } from './directory-session.ts'
import { unitsOf } from './governor.ts'
import type { GraphBatchAnswer, GraphBatchRequest, GraphOptions } from './graph-client.ts'
import { GraphError } from './graph-error.ts'
import { attemptGraph } from './graph-request.ts'
import { pageWanted } from './half-page.ts'
import { refusal, tellsOfError, unusable } from './judge-answer.ts'
import { resolveLink } from './next-link.ts'
import { retrying } from './retry.ts'

/** https://learn.microsoft.com/en-us/graph/json-batching#batch-size-limitations */
const LARGEST_BATCH = 20

const batchBody = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.number().int(),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.unknown(),
    }),
  ),
})

/**
 * Asks by twenty; the parts that Microsoft throttled or that failed for a moment are asked again, after the longest wait
 * that any of them was told; so are the parts whose success is not usable. Other failures are the part's own answer. Throws
 * GraphError where parts keep failing.
 */
export async function requestBatch(
  session: DirectorySession,
  requests: readonly GraphBatchRequest[],
  options: GraphOptions,
  isUsable: (answer: GraphBatchAnswer) => boolean = () => true,
): Promise<Map<string, GraphBatchAnswer>> {
  const answers = new Map<string, GraphBatchAnswer>()
  for (let first = 0; first < requests.length; first += LARGEST_BATCH) {
    const chunk = requests.slice(first, first + LARGEST_BATCH)
    const wanted = new Map(chunk.map((request) => [request.id, pageWanted(request.url)]))
    const units = chunk.reduce((sum, { url }) => sum + unitsOf(new URL(url, session.graphOrigin).pathname), 0)
    await retrying(session.governor, options, units, async () => {
      const open = chunk.filter((request) => !answers.has(request.id))
      const delays: GraphError[] = []
      const asked = open.map((request) => ({ ...request, url: wanted.get(request.id)!.link() }))
      const parts = await ask(session, asked, options).catch((error: unknown) => {
        if (error instanceof GraphError) for (const { id } of open) wanted.get(id)!.failed(error)
        throw error
      })
      for (const { id, ...answer } of parts) {
        const url = asked.find((request) => request.id === id)?.url
        if (url === undefined) continue
        const delay = delayOf(url, answer, isUsable)
        if (delay === null) answers.set(id, answer)
        else {
          delays.push(delay)
          wanted.get(id)!.failed(delay)
        }
      }
      const longest = delays.sort((one, other) => (other.retryAfter ?? 0) - (one.retryAfter ?? 0))[0]
      if (longest !== undefined) throw longest
      if (open.some((request) => !answers.has(request.id))) throw unusable({ status: 200, requestId: null })
    })
  }
  return answers
}

async function ask(session: DirectorySession, requests: readonly GraphBatchRequest[], options: GraphOptions) {
  const url = resolveLink(session.graphOrigin, '/$batch')
  const json = {
    requests: requests.map((request) => ({ ...request, url: partOf(session, request.url), method: 'GET' })),
  }
  const parsed = batchBody.safeParse(await attemptGraph(session, url, options, json))
  if (!parsed.success) throw unusable({ status: 200, requestId: null })
  // A part has no Date of its own, and what it says of a time is said by Microsoft's clock.
  const date = new Date(Date.now() - (session.clockAhead ?? 0)).toUTCString()
  return parsed.data.responses.map((part) => ({
    ...part,
    headers: {
      date,
      ...Object.fromEntries(Object.entries(part.headers).map(([name, value]) => [name.toLowerCase(), value])),
    },
  }))
}

/** A part's address is relative to the version, and may be a next link, which is checked like any other. */
function partOf(session: DirectorySession, link: string): string {
  const { pathname, search } = resolveLink(session.graphOrigin, link)
  return pathname.slice('/v1.0'.length) + search
}

function delayOf(
  url: string,
  answer: GraphBatchAnswer,
  isUsable: (answer: GraphBatchAnswer) => boolean,
): GraphError | null {
  if (answer.status < 400)
    return isUsable(answer) && !tellsOfError(answer.body)
      ? null
      : unusable({ status: answer.status, requestId: null })
  const error = partRefusal(url, answer)
  return error.retryable ? error : null
}

/** The GraphError for a part of a batch that was refused; `url` is the part's, relative to the version. */
export function partRefusal(url: string, answer: GraphBatchAnswer): GraphError {
  return refusal(`/v1.0${url}`, {
    status: answer.status,
    headers: { ...answer.headers, 'content-type': 'application/json' },
    text: JSON.stringify(answer.body) ?? '',
  })
}
