import type { ObjectType } from '../directory.ts'
import { accessDenied } from './errors.ts'
import type { Resource } from './resource.ts'

const DIRECTORY = ['Directory.Read.All', 'Directory.ReadWrite.All']
const USERS = ['User.Read.All', 'User.ReadWrite.All', ...DIRECTORY]
const GROUPS = ['GroupMember.Read.All', 'GroupMember.ReadWrite.All', 'Group.Read.All', 'Group.ReadWrite.All']
const ORGANIZATION = ['Organization.Read.All', 'Organization.ReadWrite.All', ...DIRECTORY]

/**
 * Any one of these lets an app read the resource; the first is the least.
 * https://learn.microsoft.com/en-us/graph/api/user-list#permissions
 */
const NEEDED: Record<Resource['kind'], readonly string[]> = {
  users: USERS,
  user: USERS,
  groups: [...GROUPS, ...DIRECTORY],
  group: [...GROUPS, ...DIRECTORY],
  members: [...GROUPS, ...DIRECTORY],
  organizations: ORGANIZATION,
  organization: ORGANIZATION,
}

/**
 * Any one of these shows the properties of a member of this type; without, they are null.
 * https://learn.microsoft.com/en-us/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
 */
const READABLE: Record<ObjectType, readonly string[]> = {
  user: USERS,
  group: [...GROUPS, ...DIRECTORY],
  device: ['Device.Read.All', 'Device.ReadWrite.All', ...DIRECTORY],
  servicePrincipal: ['Application.Read.All', 'Application.ReadWrite.All', ...DIRECTORY],
}

/** Throws 403 unless the app may read the resource. */
export function checkPermission(resource: Resource, permissions: ReadonlySet<string>): void {
  if (!NEEDED[resource.kind].some((permission) => permissions.has(permission))) throw accessDenied()
}

/** Whether the app sees more of such a member than its type and id. */
export function canReadMember(type: ObjectType, permissions: ReadonlySet<string>): boolean {
  return READABLE[type].some((permission) => permissions.has(permission))
}

/** Whether the app sees who is in groups of hidden membership. */
export function canReadHidden(permissions: ReadonlySet<string>): boolean {
  return permissions.has('Member.Read.Hidden')
}

/**
 * Sign-in activity has a permission of its own.
 * https://learn.microsoft.com/en-us/graph/api/user-list
 */
export function canReadSignInActivity(permissions: ReadonlySet<string>): boolean {
  return permissions.has('AuditLog.Read.All')
}
