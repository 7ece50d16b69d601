import type { Panel } from '../panel.ts'
import { partRefusal, requestBatch } from './batch.ts'
import { readAccess, sharedSession } from './connection-access.ts'
import type { DirectorySession } from './directory-session.ts'
import { unitsOf } from './governor.ts'
import { GraphError } from './graph-error.ts'
import { attemptGraph, requestGraph } from './graph-request.ts'
import { pageWanted } from './half-page.ts'
import { unusable } from './judge-answer.ts'
import { resolveLink } from './next-link.ts'
import { retrying } from './retry.ts'

/** Told when a request has to wait before it is tried again. */
export interface GraphWait {
  reason: 'throttled' | 'unreachable'
  until: Date
}

export interface GraphOptions {
  signal?: AbortSignal
  /** Sends `ConsistencyLevel: eventual`, which a next link does not carry: say it again on every page. */
  eventual?: boolean
  /** Somebody waits for the answer: it goes ahead of scans. */
  urgent?: boolean
  onWait?: (wait: GraphWait) => void
  /** How long waiting and retrying may take altogether, in milliseconds; 30 minutes unless told. */
  patience?: number
}

export interface GraphPage {
  items: unknown[]
  /** The next link, checked, to be given to `page` as it is; null at the end. */
  next: string | null
  /** `@odata.count`, which only the first page has. */
  count: number | null
}

export interface GraphBatchRequest {
  id: string
  /** A path relative to /v1.0, such as `/users/$count`, or an absolute next link. */
  url: string
  headers?: Record<string, string>
}

export interface GraphBatchAnswer {
  status: number
  body: unknown
  headers: Record<string, string>
}

/** One tenant's Graph, read by app-only token. Every call throws GraphError, or the signal's reason when aborted. */
export interface Graph {
  readonly tenantId: string
  /** Tells how large the tenant is, which decides how fast it may be asked. */
  sized(users: number): void
  /** `path` is relative to /v1.0 and begins with a slash; answers the JSON body, or text for `$count`. */
  get(path: string, options?: GraphOptions): Promise<unknown>
  /** `link` is such a path, or an absolute next link, which is followed only to the connection's own Graph. */
  page(link: string, options?: GraphOptions): Promise<GraphPage>
  /** Any number of GETs by twenty; parts that are throttled or fail for a moment are asked again. */
  batch(
    requests: readonly GraphBatchRequest[],
    options?: GraphOptions,
  ): Promise<Map<string, GraphBatchAnswer>>
  /** Pages of several lists by batches; what was refused for good is that list's own error. */
  pages(
    requests: readonly GraphBatchRequest[],
    options?: GraphOptions,
  ): Promise<Map<string, GraphPage | GraphError>>
  /** One part of a batch as the page it asked for; null where it was refused, or is no page. Throws GraphError `next_link_refused`. */
  pageOf(answer: GraphBatchAnswer | undefined): GraphPage | null
}

/**
 * Opens the Graph of a connection that was granted. Token and wait gate are shared by everyone who opens the same
 * connection in this panel. Throws GraphError `connection_not_ready` where no tenant was proved yet, or
 * ProblemError `not_found`. The caller has checked that the connection is of its workspace.
 */
export async function openGraph(panel: Panel, connectionId: string): Promise<Graph> {
  const access = await readAccess(panel, connectionId)
  if (access.tenantId === null) {
    throw new GraphError({
      code: 'connection_not_ready',
      finding: 'Access to this tenant was not granted yet.',
      remedy: 'Grant access first.',
    })
  }
  return createGraph(sharedSession(panel, access, access.tenantId))
}

/** The Graph that a session speaks to. */
export function createGraph(session: DirectorySession): Graph {
  return {
    tenantId: session.tenantId,
    sized: session.governor.sized,
    async get(path, options = {}) {
      return requestGraph(session, resolveLink(session.graphOrigin, path), options)
    },
    async page(link, options = {}) {
      const wanted = pageWanted(resolveLink(session.graphOrigin, link).href)
      // A list without its items is a broken answer, and asked for again like any other.
      return retrying(session.governor, options, unitsOf(new URL(wanted.link()).pathname), async () => {
        try {
          const body = await attemptGraph(session, new URL(wanted.link()), options)
          return readPage(session.graphOrigin, body)
        } catch (error) {
          if (error instanceof GraphError) wanted.failed(error)
          throw error
        }
      })
    },
    batch: (requests, options = {}) => requestBatch(session, requests, options),
    async pages(requests, options = {}) {
      const answers = await requestBatch(session, requests, options, ({ body }) => isPage(body))
      return new Map(
        requests.map(({ id, url }) => [id, judgePart(session.graphOrigin, url, answers.get(id)!)]),
      )
    },
    pageOf: (answer) =>
      answer?.status === 200 && isPage(answer.body) ? readPage(session.graphOrigin, answer.body) : null,
  }
}

interface PageBody {
  value: unknown[]
  '@odata.nextLink'?: string | null
  '@odata.count'?: unknown
}

/** A list without its `value` is a broken answer, not an empty list. */
function isPage(body: unknown): body is PageBody {
  if (typeof body !== 'object' || body === null) return false
  const { value, '@odata.nextLink': next = null } = body as Record<string, unknown>
  return Array.isArray(value) && (next === null || typeof next === 'string')
}

function judgePart(graphOrigin: string, url: string, answer: GraphBatchAnswer): GraphPage | GraphError {
  if (answer.status >= 400) return partRefusal(url, answer)
  return readPage(graphOrigin, answer.body)
}

function readPage(graphOrigin: string, body: unknown): GraphPage {
  if (!isPage(body)) throw unusable({ status: 200, requestId: null })
  const { value: items, '@odata.nextLink': next = null, '@odata.count': count = null } = body
  if (next !== null) resolveLink(graphOrigin, next)
  return { items, next, count: typeof count === 'number' ? count : null }
}
