import { type AuditEvent, auditActions } from '@keyroster/api/audit.ts'
import { expect, test } from 'vitest'
import { actionChoices, deedWords, filterOf, withTail } from './audit.ts'

test('a last day is searched to its end, in the reader’s own zone', () => {
  const { from, to } = filterOf({ from: '2026-03-01', to: '2026-03-01' })
  expect(from).toBe(new Date('2026-03-01T00:00').toISOString())
  expect(to).toBe(new Date('2026-03-02T00:00').toISOString())
})

test('what is no day in the address filters nothing, and the rest still does', () => {
  expect(filterOf({ from: 'yesterday', outcome: 'refused' })).toEqual({ outcome: 'refused' })
})

test('an event that came by both ways is shown once, newest first', () => {
  const event = (seq: number) => ({ seq }) as AuditEvent
  const seqs = withTail([event(5), event(4)], [event(4), event(3)]).map(({ seq }) => seq)
  expect(seqs).toEqual([5, 4, 3])
})

test('every action can be chosen, under an area that has a name', () => {
  const chosen = actionChoices.flatMap(({ items }) => items.map(({ value }) => value))
  for (const action of Object.keys(auditActions)) expect(chosen).toContain(action)
  for (const { group } of actionChoices) expect(group).toMatch(/^[A-Z]/)
})

test('an action that only a later version knows is shown as its code', () => {
  expect(deedWords('import.confirmed')).toBe('confirmed an import')
  expect(deedWords('key.assigned')).toBe('key.assigned')
})
