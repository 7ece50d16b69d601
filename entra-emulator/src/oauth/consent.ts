import { randomUUID } from 'node:crypto'
import type { AppRegistration, Permission, Tenant, World } from '../world.ts'

/** Scopes every person may accept for themselves; any other delegated scope needs an admin. */
const PERSONAL_SCOPES = ['openid', 'profile', 'email', 'offline_access', 'User.Read']

/** Grants application permissions in a tenant, where the first consent also makes the app's service principal. */
export function grantPermissions(
  tenant: Tenant,
  app: AppRegistration,
  permissions: Iterable<Permission>,
): void {
  const principal = tenant.servicePrincipals.get(app.clientId) ?? {
    clientId: app.clientId,
    objectId: randomUUID(),
    enabled: true,
    granted: new Set<Permission>(),
  }
  for (const permission of permissions) principal.granted.add(permission)
  tenant.servicePrincipals.set(app.clientId, principal)
}

/** Takes permissions back; the service principal stays, as it does when an admin removes single permissions. */
export function revokePermissions(
  tenant: Tenant,
  app: AppRegistration,
  permissions: Iterable<Permission>,
): void {
  const granted = tenant.servicePrincipals.get(app.clientId)?.granted
  for (const permission of permissions) granted?.delete(permission)
}

/** Remembers delegated scopes as accepted, by one person or, without `objectId`, for the whole tenant. */
export function acceptScopes(
  world: World,
  consent: { tenantId: string; clientId: string; objectId?: string; scopes: Iterable<string> },
): void {
  world.login.consents.push({ ...consent, scopes: new Set(consent.scopes) })
}

/** Of these delegated scopes, those that neither the person nor an admin for the whole tenant has accepted. */
export function scopesToAccept(
  world: World,
  of: { tenantId: string; clientId: string; objectId: string; scopes: string[] },
): string[] {
  const accepted = world.login.consents
    .filter((consent) => consent.tenantId === of.tenantId && consent.clientId === of.clientId)
    .filter((consent) => consent.objectId === undefined || consent.objectId === of.objectId)
  return of.scopes.filter((scope) => !accepted.some((consent) => consent.scopes.has(scope)))
}

/** Whether only an admin may accept this delegated scope. */
export function needsAdmin(scope: string): boolean {
  return !PERSONAL_SCOPES.includes(scope)
}

/** What a scope or permission lets the app do, as the consent page says it. */
export function describePermission(name: string): string {
  return DESCRIPTIONS[name] ?? name
}

const DESCRIPTIONS: Record<string, string> = {
  openid: 'Sign you in',
  profile: 'View your basic profile',
  email: 'View your email address',
  offline_access: 'Maintain access to data you have given it access to',
  'User.Read': 'Sign you in and read your profile',
  'User.Read.All': "Read all users' full profiles",
  'GroupMember.Read.All': 'Read all group memberships',
  'Group.Read.All': 'Read all groups',
  'Organization.Read.All': 'Read organization information',
  'Member.Read.Hidden': 'Read all hidden memberships',
}
