import { describe, expect, it } from 'vitest'
import { outcomesInWords, type RunFigures, runSentence } from './sentence.ts'

const run: RunFigures = {
  state: 'completed',
  read: 1204,
  toApply: 1200,
  applied: 1200,
  outcomes: {},
  confirmed: true,
  problemDetail: null,
}

describe('what came of a run, in words', () => {
  it.each([
    [{}, 'No users changed'],
    [{ created: 1 }, '1 user created'],
    [{ created: 1204, linked: 31, failed: 2 }, '1,204 users created, 31 linked and 2 failed'],
    [{ unchanged: 5, skipped: 1 }, '5 users unchanged and 1 left out'],
  ])('%j reads "%s"', (outcomes, words) => expect(outcomesInWords(outcomes)).toBe(words))

  it('says what stays when a run is cancelled half-way', () =>
    expect(runSentence({ ...run, state: 'cancelled', applied: 1900, outcomes: { created: 1900 } })).toBe(
      'Cancelled. 1,900 users already imported stay.',
    ))
  it('says that nothing happened when a run is cancelled before it was confirmed', () =>
    expect(runSentence({ ...run, state: 'cancelled', confirmed: false, applied: 0 })).toBe(
      'Cancelled before anything was changed.',
    ))
  it('does not count failed people as imported', () =>
    expect(runSentence({ ...run, state: 'failed', applied: 3, outcomes: { failed: 3 } })).toContain(
      'Nothing was changed.',
    ))
})
