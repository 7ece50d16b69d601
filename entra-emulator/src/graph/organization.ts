import type { Tenant } from '../world.ts'
import { objectNotFound } from './errors.ts'
import { contextUrl } from './list.ts'
import type { QueryOptions } from './odata/options.ts'
import { checkSelect } from './odata/select.ts'
import { propertiesOf } from './schema.ts'

/** The one organisation that a tenant has, as a list. */
export function listOrganizations(tenant: Tenant, options: QueryOptions): unknown {
  return {
    '@odata.context': contextUrl('organization', options.select),
    value: [organization(tenant, options.select)],
  }
}

/** The organisation by the tenant's id. Throws 404 for any other. */
export function readOrganization(tenant: Tenant, id: string, options: QueryOptions): unknown {
  if (id.toLowerCase() !== tenant.id) throw objectNotFound(id)
  return {
    '@odata.context': contextUrl('organization', options.select, '/$entity'),
    ...organization(tenant, options.select),
  }
}

function organization(tenant: Tenant, select: string[] | undefined): Record<string, unknown> {
  checkSelect(select, ['organization'], false)
  const known: Record<string, unknown> = {
    id: tenant.id,
    displayName: tenant.displayName,
    createdDateTime: tenant.createdDateTime,
    countryLetterCode: 'US',
    preferredLanguage: 'en',
    tenantType: 'AAD',
    verifiedDomains: tenant.verifiedDomains.map((domain) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: domain.isDefault,
      isInitial: domain.isInitial,
      name: domain.name,
      type: 'Managed',
    })),
  }
  const properties = propertiesOf('organization')
  return Object.fromEntries(
    (select ?? [...properties.keys()])
      .map((name) => [name, known[name] ?? properties.get(name)?.unset])
      .filter(([, value]) => value !== undefined),
  )
}
