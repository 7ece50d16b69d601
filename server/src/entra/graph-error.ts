import type { ProblemCode } from '@keyroster/api/problem.ts'
import { ProblemError } from '../problem.ts'

export interface GraphFault {
  code: ProblemCode
  /** What happened: a sentence free of secrets and of text that came from outside. */
  finding: string
  /** What the admin does about it; null where there is nothing but trying again. */
  remedy?: string | null
  /** Whether the same request may succeed later; such a run pauses instead of failing. */
  retryable?: boolean
  /** How long Microsoft asks us to wait, in milliseconds; null where it does not say. */
  retryAfter?: number | null
  /** HTTP status of the answer; 0 where there was none. */
  status?: number
  /** Graph's error code, or `AADSTS…` for the token endpoint. */
  graphCode?: string | null
  /** Microsoft's request id, for their support. */
  requestId?: string | null
  /** Private: for the log only. */
  cause?: unknown
}

/** What went wrong between us and Microsoft, already sorted into a problem code, a finding and its remedy. */
export class GraphError extends ProblemError {
  readonly finding: string
  readonly remedy: string | null
  readonly retryable: boolean
  readonly retryAfter: number | null
  readonly status: number
  readonly graphCode: string | null
  readonly requestId: string | null

  constructor(fault: GraphFault) {
    super(fault.code, fault.remedy ? `${fault.finding} ${fault.remedy}` : fault.finding, {
      cause: fault.cause,
    })
    this.name = 'GraphError'
    this.finding = fault.finding
    this.remedy = fault.remedy ?? null
    this.retryable = fault.retryable ?? false
    this.retryAfter = fault.retryAfter ?? null
    this.status = fault.status ?? 0
    this.graphCode = fault.graphCode ?? null
    this.requestId = fault.requestId ?? null
  }
}
