import { actions, roles } from '@keyroster/api/roles.ts'
import { expect, test } from 'vitest'
import { whyNot } from './may.ts'

test('a refusal names every role that may, and what they can do', () => {
  expect(whyNot('helpdesk', 'imports.run')).toBe('Only an owner or admin can import users.')
  expect(whyNot('key-operator', 'audit.read')).toBe(
    'Only an owner, admin, or auditor can read the audit log.',
  )
  expect(whyNot('admin', 'imports.run')).toBeNull()
})

test('an owner is refused nothing, so every list of roles begins with one', () => {
  for (const action of actions) expect(whyNot('owner', action)).toBeNull()
  for (const role of roles)
    for (const action of actions) expect(whyNot(role, action) ?? 'Only an owner').toMatch(/^Only an owner/)
})
