import { changeableDirectory } from '../changeable-directory.ts'
import type { Tenant } from '../world.ts'
import { addHostileGroups } from './hostile-groups.ts'
import { HOSTILE_DOMAIN, hostileId, hostilePeople } from './hostile-people.ts'
import { hostileRecords } from './hostile-records.ts'

const ADMINISTRATOR = 'administrator'

/**
 * A tenant of data that breaks careless programs: every person, record and group is numbered by the case it stands for,
 * as docs/emulator-differences.md lists them.
 */
export function hostileTenant(): Tenant {
  const directory = changeableDirectory()
  directory.addUser({
    id: hostileId(ADMINISTRATOR),
    displayName: 'Hostile Administrator',
    userPrincipalName: `${ADMINISTRATOR}@${HOSTILE_DOMAIN}`,
    createdDateTime: '2020-02-03T07:00:00Z',
  })
  for (const person of hostilePeople()) directory.addUser(person)
  for (const record of hostileRecords()) directory.addVerbatimUser(record)
  addHostileGroups(directory)
  return {
    id: 'd05bb6a1-4c0e-4f37-9d52-6a1b7f3e8c90',
    displayName: 'Hostile data',
    verifiedDomains: [
      { name: 'hostile.onmicrosoft.com', isDefault: false, isInitial: true },
      { name: HOSTILE_DOMAIN, isDefault: true, isInitial: false },
      { name: 'xn--bcher-kva.example', isDefault: false, isInitial: false },
    ],
    createdDateTime: '2020-02-03T06:58:12Z',
    accounts: [{ objectId: hostileId(ADMINISTRATOR), isAdmin: true }],
    servicePrincipals: new Map(),
    directory,
  }
}
