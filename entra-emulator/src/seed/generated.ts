import { changeableDirectory } from '../changeable-directory.ts'
import type { Directory, DirectoryUser } from '../directory.ts'
import type { Tenant } from '../world.ts'
import { CONTOSO_TENANT_ID } from './contoso.ts'
import { generatedGroups, generatedMembers } from './generated-groups.ts'
import { generatedUsers } from './generated-users.ts'

export interface GeneratedTenantOptions {
  users: number
  groups: number
  /** Average number of users in a group; by default so many that everyone is in about three groups. */
  membersPerGroup?: number
  /** The same seed and sizes give the same tenant. Default 1. */
  seed?: number
}

const LARGEST = { users: 1_000_000, groups: 50_000 }

/** A tenant of any size that holds nothing in memory but what is changed. Throws beyond the largest sizes. */
export function generatedTenant(options: GeneratedTenantOptions): Tenant {
  const { users: userCount, groups: groupCount, seed = 1 } = options
  if (!isSize(userCount, LARGEST.users) || !isSize(groupCount, LARGEST.groups)) {
    throw new RangeError(`A tenant has up to ${LARGEST.users} users and ${LARGEST.groups} groups`)
  }
  const average =
    options.membersPerGroup ?? Math.max(5, Math.round((userCount * 3) / Math.max(1, groupCount)))
  const users = generatedUsers(userCount, seed)
  const groups = generatedGroups(groupCount, seed)
  const directory = changeableDirectory({
    users,
    groups,
    members: generatedMembers(users, groups, average, seed),
  })
  return {
    id: CONTOSO_TENANT_ID,
    displayName: 'Contoso',
    verifiedDomains: [
      { name: 'M365x214355.onmicrosoft.com', isDefault: false, isInitial: true },
      { name: 'contoso.com', isDefault: true, isInitial: false },
    ],
    createdDateTime: '2015-01-01T00:00:00Z',
    accounts: employees(directory, 2).map(({ id }, index) => ({ objectId: id, isAdmin: index === 0 })),
    servicePrincipals: new Map(),
    directory,
  }
}

function isSize(count: number, largest: number): boolean {
  return Number.isInteger(count) && count >= 0 && count <= largest
}

/** The first few who can sign in and are no guests. */
function employees(directory: Directory, count: number): DirectoryUser[] {
  const found: DirectoryUser[] = []
  for (const user of directory.walkUsers()) {
    if (found.length === count) break
    if (user.accountEnabled && user.userType === 'Member') found.push(user)
  }
  return found
}
