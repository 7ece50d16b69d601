import type { Action } from '@keyroster/api/imports.ts'
import { describe, expect, it } from 'vitest'
import { deed, planDifference, planSentence } from './plan-words.ts'

const counts = (some: Partial<Record<Action, number>>): Record<Action, number> => ({
  create: 0,
  link: 0,
  update: 0,
  suspend: 0,
  restore: 0,
  unchanged: 0,
  skip: 0,
  conflict: 0,
  ...some,
})

describe('the sentence of a plan', () => {
  it('names what there is, most important first', () => {
    expect(planSentence(counts({ skip: 3, create: 1204, conflict: 12, link: 31 }))).toBe(
      '1,204 to create · 31 to link · 12 conflicts · 3 skipped',
    )
  })
  it('says one conflict in the singular', () => {
    expect(planSentence(counts({ conflict: 1 }))).toBe('1 conflict')
  })
  it('says that nobody was found', () => {
    expect(planSentence(counts({}))).toBe('Nobody was found')
  })
})

describe('the deed of the final button', () => {
  it('imports where people are only added', () => {
    expect(deed(counts({ create: 1204, skip: 9 }))).toBe('Import 1,204 users')
  })
  it('speaks of one user in the singular', () => {
    expect(deed(counts({ update: 1 }))).toBe('Update 1 user')
  })
  it('names every kind of change', () => {
    expect(deed(counts({ create: 28, link: 2, suspend: 1 }))).toBe('Import 28 users, link 2, and suspend 1')
  })
  it('names people who only leave a group', () => {
    expect(deed(counts({ unchanged: 3 }), 2)).toBe('Remove 2 users from groups')
    expect(deed(counts({ create: 3 }), 2)).toBe('Import 3 users and remove 2 from groups')
  })
  it('is nothing where nothing would be written', () => {
    expect(deed(counts({ unchanged: 30, skip: 2, conflict: 1 }))).toBeNull()
  })
})

describe('the difference of a plan made again', () => {
  it('says only what changed, with the count before', () => {
    expect(
      planDifference(counts({ create: 28, skip: 2 }), counts({ create: 27, skip: 2, conflict: 1 })),
    ).toEqual(['27 to create (was 28)', '1 conflict (was 0)'])
  })
})
