import { actAsPart } from './part.ts'
import { readByBackstage } from './read-by-backstage.ts'
import { readByPageIterator } from './read-by-page-iterator.ts'
import type { Tenant } from './tenant.ts'
import { trust } from './trust.ts'

/** All users, or the people of all groups with their memberships. */
export type PeerScope = 'all-users' | 'groups'

/** Reads a tenant and answers how many people it read. */
export type Reader = (tenant: Tenant, scope: PeerScope) => Promise<number>

/** What reads the same tenant beside the panel, by the name of its package. */
const readers = {
  '@backstage/plugin-catalog-backend-module-msgraph': readByBackstage,
  '@microsoft/microsoft-graph-client': readByPageIterator,
}
export type Peer = keyof typeof readers

export interface PeerRead {
  people: number
  seconds: number
}

await actAsPart<{ tenant: Tenant; peer: Peer }>(async ({ tenant, peer }) => {
  trust(tenant)
  const read = async (scope: PeerScope): Promise<PeerRead> => {
    const since = performance.now()
    const people = await readers[peer](tenant, scope)
    return { people, seconds: (performance.now() - since) / 1000 }
  }
  return { ready: null, answers: { read }, close: async () => {} }
})
