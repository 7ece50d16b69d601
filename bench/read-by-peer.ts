import { startPart } from './parts/part.ts'
import type { Peer, PeerRead, PeerScope } from './parts/peer.ts'
import type { Tenant } from './parts/tenant.ts'

export const peers: Peer[] = [
  '@backstage/plugin-catalog-backend-module-msgraph',
  '@microsoft/microsoft-graph-client',
]

/** Lets a peer read a tenant, in a process of its own. */
export async function readByPeer(tenant: Tenant, peer: Peer, scope: PeerScope): Promise<PeerRead> {
  const part = await startPart(new URL('parts/peer.ts', import.meta.url), { tenant, peer })
  try {
    return await part.ask<PeerRead>('read', scope)
  } finally {
    await part.close()
  }
}
