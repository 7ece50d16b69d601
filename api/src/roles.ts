import { z } from 'zod'

/** What somebody may be in a workspace, from the one who may do all to the one who only reads. */
export const roles = ['owner', 'admin', 'key-operator', 'helpdesk', 'auditor'] as const
export const role = z.enum(roles)
export type Role = (typeof roles)[number]

const admins = ['owner', 'admin'] as const
const readers = ['owner', 'admin', 'auditor'] as const

/** The one table of who may do what: every route names its action, and every button asks by it. */
const allowed = {
  /** One's own session, passkeys and notifications. */
  own: roles,
  'users.read': roles,
  'users.edit': admins,
  'users.export': readers,
  'groups.read': roles,
  'imports.read': ['owner', 'admin', 'key-operator', 'auditor'],
  'imports.run': admins,
  'connections.read': readers,
  'connections.edit': admins,
  'admins.read': readers,
  'admins.edit': ['owner'],
  'sessions.end-any': ['owner'],
  'tokens.read': readers,
  'tokens.create': admins,
  'tokens.revoke-any': ['owner'],
  'audit.read': readers,
  'audit.export': ['owner', 'auditor'],
  'settings.read': readers,
  'settings.edit': ['owner'],
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof allowed
export const actions = Object.keys(allowed) as Action[]

/** Whether somebody of this role may do it. */
export const may = (role: Role, action: Action): boolean =>
  (allowed[action] as readonly Role[]).includes(role)

/** Who may do it, for a sentence that says whom to ask. */
export const rolesWith = (action: Action): readonly Role[] => allowed[action]

/** How a person calls each role. */
export const roleNames: Record<Role, string> = {
  owner: 'Owner',
  admin: 'Admin',
  'key-operator': 'Key operator',
  helpdesk: 'Helpdesk',
  auditor: 'Auditor',
}

/** What an API token may be made for; people, tokens and settings are for people alone. */
export const tokenScopes = [
  'users.read',
  'users.edit',
  'users.export',
  'groups.read',
  'imports.read',
  'imports.run',
  'connections.read',
  'connections.edit',
  'audit.read',
  'audit.export',
] as const satisfies readonly Action[]
