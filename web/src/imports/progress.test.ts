import { describe, expect, it } from 'vitest'
import {
  announcement,
  cancelConsequence,
  cutShortWords,
  fractionDone,
  phaseWords,
  resumedWords,
  tenth,
} from './progress.ts'

const run = {
  state: 'scanning',
  read: 0,
  expected: 100,
  toApply: 0,
  applied: 0,
  confirmedAt: null,
  waiting: null,
  cancelRequested: false,
} as const

describe('the one bar of a run', () => {
  it('never rewinds from the first page to the last batch', () => {
    const moments = [
      run,
      { ...run, read: 60 },
      { ...run, read: 130 },
      { ...run, state: 'planning' as const, read: 130 },
      { ...run, state: 'ready' as const, read: 130 },
      { ...run, state: 'applying' as const, read: 130, toApply: 80 },
      { ...run, state: 'applying' as const, read: 130, toApply: 80, applied: 79 },
      { ...run, state: 'completed' as const, read: 130, toApply: 80, applied: 80 },
    ].map(fractionDone)
    expect(moments).toEqual([...moments].sort((a, b) => (a ?? 0) - (b ?? 0)))
    expect(moments[0]).toBe(0)
    expect(moments.at(-1)).toBe(1)
  })
  it('is of unknown length until Microsoft says how many there are', () => {
    expect(fractionDone({ ...run, expected: null, read: 40 })).toBeNull()
  })
  it('is whole where there is nothing to write', () => {
    expect(fractionDone({ ...run, state: 'applying' })).toBe(1)
  })
  it('announces each tenth once', () => {
    expect([0, 0.04, 0.1, 0.19, 0.2, 1, null].map(tenth)).toEqual([0, 0, 10, 10, 20, 100, 0])
  })
})

describe('the words of a phase', () => {
  it('count people read of those expected', () => {
    expect(phaseWords({ ...run, read: 4120, expected: 12000 })).toBe(
      'Reading people from Entra ID: 4,120 of 12,000',
    )
  })
  it('never claim more read than there are', () => {
    expect(phaseWords({ ...run, read: 12, expected: 10 })).toBe('Reading people from Entra ID: 12 of 12')
  })
  it('say that a cancel is under way', () => {
    expect(phaseWords({ ...run, cancelRequested: true })).toBe('Cancelling')
  })
})

describe('cancelling', () => {
  it('changes nothing before anything is written', () => {
    expect(cancelConsequence({ ...run, state: 'ready' })).toContain('Nothing has been written')
  })
  it('says who stays', () => {
    expect(cancelConsequence({ ...run, state: 'applying', toApply: 5000, applied: 1900 })).toBe(
      '1,900 users already written stay as they are now; the remaining 3,100 are left out.',
    )
  })
})

describe('a run that was cancelled', () => {
  const cancelled = { ...run, state: 'cancelled' as const, expected: 12000 }
  it('says how many had been read, and that everybody stays as they were', () => {
    expect(cutShortWords(cancelled)).toMatch(/^Nobody had been read/)
    expect(cutShortWords({ ...cancelled, read: 4120 })).toBe(
      '4,120 of 12,000 people had been read from Entra ID. Users and groups here stay as they were.',
    )
    expect(cutShortWords({ ...cancelled, read: 1, expected: null })).toMatch(/^1 person had been read/)
  })
  it('says who was left out once writing had begun', () => {
    const confirmed = { ...cancelled, confirmedAt: '2026-01-01T00:00:00.000Z', toApply: 5000, applied: 1900 }
    expect(cutShortWords(confirmed)).toBe('3,100 of 5,000 users left out.')
  })
  it('is the only one that does', () => {
    expect(cutShortWords({ ...run, state: 'completed', read: 80 })).toBe('')
  })
})

describe('what a screen reader is told', () => {
  const plan = { create: 80, link: 0, update: 0, suspend: 0, restore: 0, unchanged: 0, skip: 3, conflict: 0 }
  const told = { ...run, plan, sentence: '80 users created.' }
  it('changes with each tenth, not with each page', () => {
    expect(announcement({ ...told, read: 41 })).toBe(announcement({ ...told, read: 59 }))
    expect(announcement({ ...told, read: 61 })).not.toBe(announcement({ ...told, read: 59 }))
  })
  it.each([
    ['throttled', 'Microsoft'],
    ['database', 'the database'],
    ['connection', 'the connection'],
  ] as const)('names whom a run waits for that is held up by %s', (reason, whom) => {
    expect(announcement({ ...told, waiting: { reason, until: null } })).toContain(`waiting for ${whom}`)
  })
  it('says what the plan holds once it is ready', () => {
    expect(announcement({ ...told, state: 'ready' })).toBe(
      'The plan is ready to review: 80 to create · 3 skipped.',
    )
  })
  it('ends with what came of it', () => {
    expect(announcement({ ...told, state: 'completed' })).toBe('80 users created.')
  })
})

describe('a run that was interrupted', () => {
  it('says that it went on, and one that never was says nothing', () => {
    expect(resumedWords({ resumed: 0 })).toBe('')
    expect(resumedWords({ resumed: 1 })).toBe('Went on where it stood after an interruption.')
    expect(resumedWords({ resumed: 3 })).toBe('Went on where it stood after 3 interruptions.')
  })
})
