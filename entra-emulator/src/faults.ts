/** What goes wrong. Those of the last four kinds only mean something on a Graph list. */
export type FaultEffect =
  | {
      kind: 'status'
      status: number
      code?: string
      message?: string
      /** Sent as the `Retry-After` header as it is: seconds, a fraction, or an HTTP date. */
      retryAfter?: string | number
      /** Sent as JSON instead of an error body. */
      body?: unknown
    }
  | { kind: 'reset' }
  | { kind: 'truncate' }
  | { kind: 'html' }
  | { kind: 'empty' }
  | { kind: 'delay'; ms: number }
  | { kind: 'expired-skiptoken' }
  | { kind: 'duplicate-rows' }
  | { kind: 'foreign-next-link'; origin: string }
  | { kind: 'looping-next-link' }

/** A script for one fault: which calls it hits, and what it does to them. Absent conditions always hold. */
export interface Fault {
  /** A named route (`users`, `groups`, `members`, `organization`, `batch`, `token`, …) or the beginning of a path. */
  route?: string
  method?: string
  /** Fires from the nth matching call on, 1-based; with `nth` alone, at that call only. */
  nth?: number
  /** How often it fires at most; 1 if `nth` is given, else without end. */
  times?: number
  /** Fires at this share of the matching calls, 0 to 1, drawn from a sequence that `seed` determines. */
  chance?: number
  seed?: number
  effect: FaultEffect
}

/** A call as faults see it; `path` is without origin and query. */
export interface FaultCall {
  method: string
  path: string
}

export interface ListedFault {
  readonly id: string
  readonly fault: Readonly<Fault>
  readonly enabled: boolean
  /** How often it has fired. */
  readonly fired: number
}

export interface FaultList {
  add(fault: Fault): ListedFault
  remove(id: string): void
  /** Turns one off or on again; its counts stay. */
  enable(id: string, enabled: boolean): void
  clear(): void
  list(): ListedFault[]
  /** Counts the call against every enabled fault and returns the effects that fire, oldest fault first. */
  strike(call: FaultCall): FaultEffect[]
}
