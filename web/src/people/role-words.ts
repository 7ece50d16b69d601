import type { Role } from '@keyroster/api/roles.ts'

/** What each role is for, in a sentence or two; api/roles.ts is what decides. */
export const roleSentences: Record<Role, string> = {
  owner: 'Does everything, and decides who may sign in and how.',
  admin: 'Connects directories, imports and edits users, and creates API tokens.',
  'key-operator': 'Sees users, groups and imports, to hand out security keys. Changes none of them.',
  helpdesk: 'Sees users and groups, to answer questions about them. Changes nothing.',
  auditor: 'Sees everything and downloads it, the audit log too. Changes nothing.',
}
