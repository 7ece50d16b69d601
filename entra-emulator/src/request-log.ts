import type { FastifyInstance } from 'fastify'

/** One request as the emulator saw it; `status` is 0 while it runs and stays 0 if the connection was cut. */
export interface LoggedRequest {
  at: Date
  method: string
  /** Without the query. */
  path: string
  /** As it arrived, without the question mark. */
  query: string
  /** The matched route's pattern, such as `/v1.0/users/:id`; empty if none matched. */
  route: string
  status: number
  /** Resource units that Graph charged for it; 0 for login. */
  cost: number
  /** The requests that a `$batch` carried, as each would be listed by itself. */
  parts?: Pick<LoggedRequest, 'method' | 'path' | 'query'>[]
}

/** The requests received, oldest first; only the latest are kept, all are counted. */
export interface RequestLog {
  list(): readonly LoggedRequest[]
  clear(): void
  /** All requests since the start or the last `clear`, also those no longer listed. */
  count(): number
  add(request: LoggedRequest): void
}

declare module 'fastify' {
  interface FastifyRequest {
    /** This request's entry in the log, for its route to add cost and parts. */
    logEntry: LoggedRequest
  }
}

const KEPT = 20_000

export function createRequestLog(kept = KEPT): RequestLog {
  let requests: LoggedRequest[] = []
  let total = 0
  return {
    list: () => requests.slice(-kept),
    clear() {
      requests = []
      total = 0
    },
    count: () => total,
    add(request) {
      total += 1
      requests.push(request)
      // Dropping half at once keeps adding cheap: a shift of a long array on every request is not.
      if (requests.length >= 2 * kept) requests = requests.slice(-kept)
    },
  }
}

/** Logs every request of the app when it arrives; the inspector's own are left out. */
export function logRequests(app: FastifyInstance, log: RequestLog, now: () => Date): void {
  app.decorateRequest('logEntry', undefined as unknown as LoggedRequest)
  app.addHook('onRequest', async (request) => {
    const [path = '/', query = ''] = request.url.split(/\?(.*)/s)
    const route = request.routeOptions.url ?? ''
    request.logEntry = { at: now(), method: request.method, path, query, route, status: 0, cost: 0 }
    if (!path.startsWith('/_emulator')) log.add(request.logEntry)
  })
  app.addHook('onResponse', async (request, reply) => {
    request.logEntry.status = reply.statusCode
  })
}
