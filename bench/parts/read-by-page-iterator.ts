import { userSelect } from '@keyroster/server/src/entra/directory-user.ts'
import { Client, PageIterator } from '@microsoft/microsoft-graph-client'
import { signIn } from '../sign-in.ts'
import type { Reader } from './peer.ts'

/** Microsoft's page iterator as its documentation shows it: one list after the other, in the largest pages. */
export const readByPageIterator: Reader = async (tenant, scope) => {
  const token = await signIn(tenant)
  const client = Client.initWithMiddleware({
    baseUrl: tenant.origin,
    customHosts: new Set(['localhost']),
    authProvider: { getAccessToken: async () => token },
  })
  const people = new Map<string, unknown>()
  const walk = async (path: string) => {
    const headers = { ConsistencyLevel: 'eventual' }
    const first = await client.api(path).headers(headers).get()
    await new PageIterator(client, first, (user) => people.set(user.id, user).size > 0, { headers }).iterate()
  }
  const query = `$select=${userSelect}&$top=999&$count=true`
  if (scope === 'all-users') await walk(`/users?${query}`)
  else
    for (const { id } of tenant.groups)
      await walk(`/groups/${id}/transitiveMembers/microsoft.graph.user?${query}`)
  return people.size
}
