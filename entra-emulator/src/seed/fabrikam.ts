import { changeableDirectory } from '../changeable-directory.ts'
import type { Tenant } from '../world.ts'
import { stableId } from './stable-id.ts'

const FABRIKAM_TENANT_ID = 'b7d0e3a4-52f1-4c3e-9a6d-3f1c8e2d7b95'

const DOMAIN = 'fabrikam.onmicrosoft.com'

/** A second, small tenant: what belongs to one tenant must not reach the other. */
export function fabrikamTenant(): Tenant {
  const directory = changeableDirectory()
  const [administrator, operator] = ['Administrator', 'Operator'].map((role) =>
    directory.addUser({
      id: stableId(`fabrikam user ${role}`),
      displayName: `Fabrikam ${role}`,
      userPrincipalName: `${role.toLowerCase()}@${DOMAIN}`,
      mail: `${role.toLowerCase()}@fabrikam.com`,
      companyName: 'Fabrikam',
      createdDateTime: '2020-02-03T07:00:00Z',
    }),
  )
  const { id } = directory.addGroup({
    id: stableId('fabrikam group everyone'),
    displayName: 'Everyone at Fabrikam',
    createdDateTime: '2020-02-03T07:00:00Z',
  })
  directory.addMember(id, operator!.id)
  return {
    id: FABRIKAM_TENANT_ID,
    displayName: 'Fabrikam',
    verifiedDomains: [
      { name: DOMAIN, isDefault: false, isInitial: true },
      { name: 'fabrikam.com', isDefault: true, isInitial: false },
    ],
    createdDateTime: '2020-02-03T06:58:12Z',
    accounts: [
      { objectId: administrator!.id, isAdmin: true },
      { objectId: operator!.id, isAdmin: false },
    ],
    servicePrincipals: new Map(),
    directory,
  }
}
