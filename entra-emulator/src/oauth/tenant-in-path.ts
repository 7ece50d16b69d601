import type { AppRegistration, Tenant, World } from '../world.ts'
import { appNotFound, singleTenantApp, tenantNotFound } from './aadsts.ts'

/** The tenant id of personal Microsoft accounts, which nobody here has. */
export const CONSUMERS_TENANT_ID = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** What the first segment of a login URL names: one tenant, or a kind of accounts. */
export type Authority =
  | { kind: 'tenant'; tenant: Tenant }
  | { kind: 'common' | 'organizations' | 'consumers' }

/** Reads `{tenant}`: a GUID, a verified domain, or one of the three words. Throws AADSTS90002. */
export function authorityInPath(
  world: World,
  segment: string,
  error: 'invalid_request' | 'invalid_tenant' = 'invalid_request',
): Authority {
  const name = segment.toLowerCase()
  if (name === 'common' || name === 'organizations' || name === 'consumers') return { kind: name }
  if (name === CONSUMERS_TENANT_ID) return { kind: 'consumers' }
  const tenant = world.tenants.find(
    ({ id, verifiedDomains }) =>
      id === name || verifiedDomains.some((domain) => domain.name.toLowerCase() === name),
  )
  if (!tenant) throw tenantNotFound(segment, error)
  return { kind: 'tenant', tenant }
}

/** The app with this client id, if it can be used at this authority at all. */
export function appAtAuthority(world: World, authority: Authority, clientId: string): AppRegistration {
  const app = world.apps.find((app) => app.clientId === clientId.toLowerCase())
  const foreign = authority.kind === 'tenant' && app?.homeTenantId !== authority.tenant.id
  if (!app || (foreign && !app.multiTenant)) throw appNotFound(clientId, nameOf(authority))
  if (authority.kind !== 'tenant' && !app.multiTenant) throw singleTenantApp(app)
  return app
}

/** The tenants whose accounts may sign in at this authority. */
export function tenantsOf(world: World, authority: Authority): Tenant[] {
  if (authority.kind === 'tenant') return [authority.tenant]
  return authority.kind === 'consumers' ? [] : world.tenants
}

function nameOf(authority: Authority): string {
  return authority.kind === 'tenant' ? authority.tenant.displayName : authority.kind
}
