export const SHORTEST = 1_000
const LONGEST = 10 * 60_000
const LONGEST_BACKOFF = 30_000

/**
 * The wait a `Retry-After` asks for, in milliseconds: seconds, also with a fraction, or an HTTP date, which is held
 * against the `Date` of the same answer, for our clock may be wrong. Clamped to 1 s to 10 min, because silly values were
 * seen; null where there is none or it is unreadable.
 * https://learn.microsoft.com/en-us/graph/throttling shows `Retry-After: 2.128`.
 */
export function readRetryAfter(header: string | undefined, date: string | undefined): number | null {
  if (header === undefined || header.trim() === '') return null
  const seconds = Number(header)
  const sent = Date.parse(date ?? '')
  const now = Number.isNaN(sent) ? Date.now() : sent
  const wait = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1_000
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, SHORTEST), LONGEST)
}

/**
 * How long to wait before the next try, in milliseconds: what Microsoft said plus up to a fifth, so that not all callers
 * come back at once; else exponential from 1 s to 30 s with full jitter. `attempt` counts from 1.
 */
export function waitBeforeRetry(retryAfter: number | null, attempt: number, random = Math.random()): number {
  if (retryAfter !== null) return retryAfter * (1 + random / 5)
  return random * Math.min(LONGEST_BACKOFF, 1_000 * 2 ** (attempt - 1))
}
