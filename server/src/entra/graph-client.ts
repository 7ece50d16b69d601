import type { Panel } from '../panel.ts'

/** Told when a request has to wait before it is tried again. */
export interface GraphWait {
  reason: 'throttled' | 'unreachable'
  until: Date
}

export interface GraphOptions {
  signal?: AbortSignal
  /** Sends `ConsistencyLevel: eventual`, which a next link does not carry: say it again on every page. */
  eventual?: boolean
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
  /** A path relative to /v1.0, such as `/users/$count`. */
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
  /** `path` is relative to /v1.0 and begins with a slash; answers the JSON body, or text for `$count`. */
  get(path: string, options?: GraphOptions): Promise<unknown>
  /** `link` is such a path, or an absolute next link, which is followed only to the connection's own Graph. */
  page(link: string, options?: GraphOptions): Promise<GraphPage>
  /** Any number of GETs by twenty; parts that are throttled or fail for a moment are asked again. */
  batch(
    requests: readonly GraphBatchRequest[],
    options?: GraphOptions,
  ): Promise<Map<string, GraphBatchAnswer>>
}

/**
 * Opens the Graph of a connection that was granted. Token and wait gate are shared by everyone who opens the same
 * connection in this panel. Throws GraphError `connection_not_ready` where no tenant was proved yet.
 */
export async function openGraph(_panel: Panel, _connectionId: string): Promise<Graph> {
  throw new Error('not there yet')
}
