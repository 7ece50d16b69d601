import type { Logger } from 'pino'
import { createGovernor, type Governor } from './governor.ts'
import { createTokenSource, type TokenRequest, type TokenSource } from './token.ts'

/** What all callers of one connection share: a token, one governor of the pace, and what was seen of the clock. */
export interface DirectorySession {
  readonly graphOrigin: string
  readonly tenantId: string
  readonly token: TokenSource
  readonly governor: Governor
  readonly log: Logger
  /** How far this machine's clock is ahead of Microsoft's, in milliseconds; null before the first answer. */
  clockAhead: number | null
}

export function createSession(request: TokenRequest, log: Logger): DirectorySession {
  return {
    graphOrigin: request.endpoints.graph,
    tenantId: request.tenantId,
    token: createTokenSource(request),
    governor: createGovernor(),
    log,
    clockAhead: null,
  }
}

export const CLOCK_TOLERANCE = 2 * 60_000

/** Compares the `Date` of an answer with our clock, and says once in the log that they differ. */
export function watchClock(session: DirectorySession, dateHeader: string | undefined): void {
  const theirs = Date.parse(dateHeader ?? '')
  if (Number.isNaN(theirs)) return
  const ahead = Date.now() - theirs
  const wasOff = Math.abs(session.clockAhead ?? 0) > CLOCK_TOLERANCE
  session.clockAhead = ahead
  if (Math.abs(ahead) > CLOCK_TOLERANCE && !wasOff) {
    session.log.warn({ seconds: Math.round(ahead / 1_000) }, 'this machine’s clock differs from Microsoft’s')
  }
}
