import { route } from './routes.ts'

/** What goes wrong. Those of the last five kinds only mean something on a page of a Graph list. */
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
  /** The connection is torn down without an answer. */
  | { kind: 'reset' }
  /** The connection breaks in the middle of the body. */
  | { kind: 'truncate' }
  /** 200 with a web page, as from a proxy. */
  | { kind: 'html' }
  /** 200 with no body. */
  | { kind: 'empty' }
  /** A whole answer that says it is something else, such as text. */
  | { kind: 'content-type'; value: string }
  /** A whole answer that holds half of its JSON, as from a proxy that cut it and did the sums again. */
  | { kind: 'cut-json' }
  /** The body says it is compressed and cannot be unpacked. */
  | { kind: 'broken-gzip' }
  /** The body comes byte by byte, so that it never falls silent and never ends. */
  | { kind: 'dripping-body'; everyMs: number }
  | { kind: 'delay'; ms: number }
  /** Only hits requests that carry a `$skiptoken`, and only those are counted. */
  | { kind: 'expired-skiptoken' }
  | { kind: 'duplicate-rows' }
  /** No rows, and a next link to the page that should have been here. */
  | { kind: 'empty-page' }
  | { kind: 'foreign-next-link'; origin: string }
  /**
   * Leads back: to the same address, to the page that this list began with, or to this page under another address each
   * time. Loops are real: https://github.com/microsoftgraph/microsoft-graph-docs/issues/2635
   */
  | { kind: 'looping-next-link'; to?: 'here' | 'beginning' | 'here-anew' }

/** A script for one fault: which calls it hits, and what it does to them. Absent conditions always hold. */
export interface Fault {
  /** A named route (`users`, `groups`, `members`, `token`, …: see routes.ts) or the beginning of a path. */
  route?: string
  method?: string
  /** Fires at the nth matching call, 1-based; with `times`, at that one and those that follow. */
  nth?: number
  /** How often it fires at most; 1 if `nth` is given, else without end. */
  times?: number
  /** Fires at this share of the matching calls, 0 to 1, drawn from a sequence that `seed` determines. */
  chance?: number
  seed?: number
  effect: FaultEffect
}

/** A call as faults see it: path without origin; query without the question mark. */
interface FaultCall {
  method: string
  path: string
  query: string
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

interface ArmedFault {
  id: string
  fault: Fault
  enabled: boolean
  matched: number
  fired: number
  draw: () => number
}

/** A list of fault scripts; the same calls in the same order always meet the same faults. */
export function createFaultList(): FaultList {
  let armed: ArmedFault[] = []
  let nextId = 1
  return {
    add(fault) {
      const added = {
        id: `fault-${nextId++}`,
        fault: structuredClone(fault),
        enabled: true,
        matched: 0,
        fired: 0,
        draw: seededDraws(fault.seed ?? 1),
      }
      armed.push(added)
      return listed(added)
    },
    remove(id) {
      armed = armed.filter((one) => one.id !== id)
    },
    enable(id, enabled) {
      for (const one of armed) if (one.id === id) one.enabled = enabled
    },
    clear() {
      armed = []
    },
    list: () => armed.map(listed),
    strike: (call) => armed.filter((one) => fires(one, call)).map((one) => one.fault.effect),
  }
}

function listed({ id, fault, enabled, fired }: ArmedFault): ListedFault {
  return { id, fault, enabled, fired }
}

function fires(one: ArmedFault, call: FaultCall): boolean {
  if (!one.enabled || !matches(one.fault, call)) return false
  one.matched += 1
  const { nth, times = nth === undefined ? Number.POSITIVE_INFINITY : 1, chance } = one.fault
  const drawn = chance === undefined || one.draw() < chance
  if (!drawn || one.fired >= times || one.matched < (nth ?? 1)) return false
  one.fired += 1
  return true
}

function matches(fault: Fault, call: FaultCall): boolean {
  if (fault.method && fault.method.toUpperCase() !== call.method.toUpperCase()) return false
  if (fault.effect.kind === 'expired-skiptoken' && !call.query.includes('$skiptoken=')) return false
  if (!fault.route) return true
  return fault.route.startsWith('/') ? call.path.startsWith(fault.route) : route(call.path) === fault.route
}

/** Numbers from 0 up to 1 that the seed determines (mulberry32). */
function seededDraws(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
