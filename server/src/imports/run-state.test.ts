import { runStates } from '@keyroster/api/imports.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canGo, isFinished, stateAfterApply, transitions, workingStates } from './run-state.ts'

const states = fc.constantFrom(...runStates)

describe('the states of an import run', () => {
  it('has an end that can be reached from every state', () =>
    fc.assert(
      fc.property(states, (start) => {
        const reached = new Set([start])
        for (const state of reached) for (const next of transitions[state]) reached.add(next)
        expect([...reached].some(isFinished)).toBe(true)
      }),
    ))
  it('never leaves an end', () =>
    fc.assert(fc.property(states, states, (from, to) => !(isFinished(from) && canGo(from, to)))))
  it('applies nothing that was not ready', () =>
    expect(runStates.filter((state) => canGo(state, 'applying'))).toEqual(['ready']))
  it('can be cancelled until it ends', () =>
    fc.assert(fc.property(states, (state) => isFinished(state) || canGo(state, 'cancelled'))))
  it('gives a worker nothing to do while a person reviews', () =>
    expect(workingStates).not.toContain('ready'))
  it('names one failed person a problem', () => {
    expect(stateAfterApply(0)).toBe('completed')
    expect(stateAfterApply(1)).toBe('completed-with-problems')
  })
})
