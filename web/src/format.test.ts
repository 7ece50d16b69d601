import { describe, expect, test } from 'vitest'
import { formatCounted, formatDistance } from './format.ts'

const now = Date.parse('2026-11-22T12:00:00Z')

describe('relative time', () => {
  test.each([
    ['2026-11-22T11:59:40Z', 'just now'],
    ['2026-11-22T12:00:20Z', 'in 20 seconds'],
    ['2026-11-22T11:57:10Z', '2 minutes ago'],
    ['2026-11-22T06:00:00Z', '6 hours ago'],
    ['2026-11-21T11:00:00Z', 'yesterday'],
    ['2026-11-24T13:00:00Z', 'in 2 days'],
    ['2025-10-01T12:00:00Z', 'last year'],
  ])('%s is “%s” at noon of 22 November 2026', (iso, words) => {
    expect(formatDistance(iso, now)).toBe(words)
  })
})

test('a counted noun takes its plural from the count', () => {
  expect([0, 1, 2].map((count) => formatCounted(count, 'user'))).toEqual(['0 users', '1 user', '2 users'])
})
