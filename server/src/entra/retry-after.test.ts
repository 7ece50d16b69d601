import { describe, expect, it } from 'vitest'
import { readRetryAfter, waitBeforeRetry } from './retry-after.ts'

const date = 'Sun, 01 Mar 2026 12:00:00 GMT'

describe('Retry-After', () => {
  it.each([
    ['whole seconds', '30', 30_000],
    ['a fraction', '2.128', 2_128],
    ['an HTTP date', 'Sun, 01 Mar 2026 12:00:45 GMT', 45_000],
    ['a date in the past', 'Sun, 01 Mar 2026 11:00:00 GMT', 1_000],
    ['zero', '0', 1_000],
    ['a negative number', '-5', 1_000],
    ['a billion', '1e9', 600_000],
    ['infinity', 'Infinity', 600_000],
    ['garbage', 'soon', null],
    ['nothing', '', null],
    ['no header', undefined, null],
  ])('is read from %s', (_what, header, wait) => {
    expect(readRetryAfter(header, date)).toBe(wait)
  })

  it('is kept at least, with up to a fifth more', () => {
    expect(waitBeforeRetry(10_000, 1, 0)).toBe(10_000)
    expect(waitBeforeRetry(10_000, 9, 1)).toBe(12_000)
  })

  it('is replaced by an exponential wait with full jitter', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((attempt) => waitBeforeRetry(null, attempt, 1))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ])
    expect(waitBeforeRetry(null, 5, 0)).toBe(0)
  })
})
