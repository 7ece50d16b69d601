import { MicrosoftGraphClient, readMicrosoftGraphOrg } from '@backstage/plugin-catalog-backend-module-msgraph'
import { userSelect } from '@keyroster/server/src/entra/directory-user.ts'
import { signIn } from '../sign-in.ts'
import type { Reader } from './peer.ts'

const silent = { error() {}, warn() {}, info() {}, debug() {}, child: () => silent }

/**
 * Backstage's reading of a tenant by the functions that its package exports, with the panel's `$select` and without
 * photos. It knows no choice of groups: the memberships of all groups come with all users.
 */
export const readByBackstage: Reader = async (tenant, scope) => {
  const token = { token: await signIn(tenant), expiresOnTimestamp: Date.now() + 3_600_000 }
  const client = new MicrosoftGraphClient(`${tenant.origin}/v1.0`, { getToken: async () => token })
  const select = userSelect.split(',')
  if (scope === 'all-users') {
    const users = await Array.fromAsync(client.getUsers({ select, top: 999 }))
    return users.length
  }
  const { users } = await readMicrosoftGraphOrg(client, tenant.id, {
    userSelect: select,
    loadUserPhotos: false,
    logger: silent,
  })
  return users.length
}
