import type { ProblemCode } from '@keyroster/api/problem.ts'

export interface GraphFault {
  code: ProblemCode
  /** A sentence for the person, free of secrets and of text that came from outside. */
  message: string
  /** Whether the same request may succeed later; such a run pauses instead of failing. */
  retryable: boolean
  /** HTTP status of the answer; 0 where there was none. */
  status?: number
  /** Graph's error code, or `AADSTS…` for the token endpoint. */
  graphCode?: string | null
  /** Microsoft's request id, for their support. */
  requestId?: string | null
  /** Private: for the log only. */
  cause?: unknown
}

/** What went wrong between us and Microsoft, already sorted into a problem code and a sentence. */
export class GraphError extends Error {
  readonly code: ProblemCode
  readonly retryable: boolean
  readonly status: number
  readonly graphCode: string | null
  readonly requestId: string | null

  constructor(fault: GraphFault) {
    super(fault.message, { cause: fault.cause })
    this.name = 'GraphError'
    this.code = fault.code
    this.retryable = fault.retryable
    this.status = fault.status ?? 0
    this.graphCode = fault.graphCode ?? null
    this.requestId = fault.requestId ?? null
  }
}
