import { changeableDirectory } from '../changeable-directory.ts'
import type { Tenant } from '../world.ts'
import { addContosoGroups } from './contoso-groups.ts'
import { contosoPeople } from './contoso-people.ts'

export const CONTOSO_TENANT_ID = '6b2f1c2e-9c1d-4c57-8a0b-0d5f7b8e2a14'

/** Object ids of the sample tenant's people who sign in. */
const MOD_ADMINISTRATOR = '5bde3e51-d13b-4db1-9948-fe4b109d11a7'
const ADELE_VANCE = '87d349ed-44d7-43e1-9a83-5f2406dee5bd'
const MEGAN_BOWEN = '48d31887-5fad-4d73-a9f5-3c356e68a038'

/** Microsoft's Contoso sample tenant, with the odd cases that real directories have. */
export function contosoTenant(): Tenant {
  const directory = changeableDirectory()
  for (const person of contosoPeople()) directory.addUser(person)
  addContosoGroups(directory)
  return {
    id: CONTOSO_TENANT_ID,
    displayName: 'Contoso',
    verifiedDomains: [
      { name: 'M365x214355.onmicrosoft.com', isDefault: true, isInitial: true },
      { name: 'contoso.com', isDefault: false, isInitial: false },
    ],
    createdDateTime: '2017-07-29T02:51:08Z',
    accounts: [
      { objectId: MOD_ADMINISTRATOR, isAdmin: true },
      { objectId: ADELE_VANCE, isAdmin: false },
      { objectId: MEGAN_BOWEN, isAdmin: false },
    ],
    servicePrincipals: new Map(),
    directory,
  }
}
