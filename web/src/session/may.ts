import { type Action, may, type Role, roleNames, rolesWith } from '@keyroster/api/roles.ts'
import { useSession } from './session.ts'

/** What each action lets somebody do, as a sentence goes on after “can”. */
const deeds: Record<Action, string> = {
  own: 'do this',
  'users.read': 'see users',
  'users.edit': 'add and change users',
  'users.export': 'download people',
  'groups.read': 'see groups',
  'imports.read': 'see imports',
  'imports.run': 'import users',
  'connections.read': 'see connections',
  'connections.edit': 'change connections',
  'admins.read': 'see who may sign in here',
  'admins.edit': 'change who may sign in here',
  'sessions.end-any': 'see and end the sessions of others',
  'tokens.read': 'see API tokens',
  'tokens.create': 'create API tokens',
  'tokens.revoke-any': 'revoke the tokens of others',
  'audit.read': 'read the audit log',
  'audit.export': 'download the audit log',
  'settings.read': 'see the settings',
  'settings.edit': 'change the settings',
}

const either = new Intl.ListFormat('en', { type: 'disjunction' })

/** Why this role may not do it: “Only an owner or admin can import users.”; null where it may. */
export function whyNot(role: Role, action: Action): string | null {
  if (may(role, action)) return null
  const names = rolesWith(action).map((allowed) => roleNames[allowed].toLowerCase())
  return `Only an ${either.format(names)} can ${deeds[action]}.`
}

/** Why whoever is signed in may not do it, for a button that stays in sight; null where they may. */
export function useWhyNot(action: Action): string | null {
  const role = useSession().data?.admin.role
  return role === undefined ? 'Sign in first.' : whyNot(role, action)
}

/** Whether whoever is signed in may do it. */
export const useMay = (action: Action): boolean => useWhyNot(action) === null
