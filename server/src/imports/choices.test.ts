import { conflictKinds, modes } from '@keyroster/api/imports.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choicesFor } from './choices.ts'

const any = fc.record({
  conflict: fc.constantFrom(...conflictKinds),
  mode: fc.constantFrom(...modes),
  hasCandidate: fc.boolean(),
})

describe('the answers to a conflict', () => {
  it('always let somebody be left out', () =>
    fc.assert(fc.property(any, (about) => choicesFor(about).includes('skip'))))
  it('add nobody where nobody may be added', () =>
    fc.assert(
      fc.property(any, (about) => !(about.mode === 'existing' && choicesFor(about).includes('create'))),
    ))
  it('never link where only new people are wanted, or nobody stands to be linked', () =>
    fc.assert(
      fc.property(any, (about) =>
        about.mode !== 'new' && about.hasCandidate ? true : !choicesFor(about).includes('link'),
      ),
    ))
  it.each(['email-linked-elsewhere', 'email-of-admin', 'email-ambiguous', 'email-not-comparable'] as const)(
    'never link for %s',
    (conflict) =>
      expect(choicesFor({ conflict, mode: 'new-and-existing', hasCandidate: true })).toEqual([
        'create',
        'skip',
      ]),
  )
  it('are none where there is no conflict', () =>
    expect(choicesFor({ conflict: null, mode: 'new-and-existing', hasCandidate: true })).toEqual([]))
})
