import { startEmulator } from 'entra-emulator'
import { countRequests } from '../count-requests.ts'
import { actAsPart } from './part.ts'

export interface TenantSize {
  users: number
  groups: number
  /** On average: the emulator's groups differ in size, and one in ten has groups in it. */
  membersPerGroup: number
  /** How long each answer of Graph takes to come, in milliseconds. */
  latency: number
  /** Microsoft's own clients send no token over http. */
  https: boolean
}

export interface Tenant {
  origin: string
  id: string
  domains: string[]
  clientId: string
  secret: string
  /** The authority behind the tenant's certificate; null over http. */
  caPem: string | null
  groups: { id: string; displayName: string }[]
}

await actAsPart<TenantSize>(async ({ latency, https, ...seed }) => {
  const emulator = await startEmulator({
    seed,
    latencyMs: latency,
    https,
    granted: true,
  })
  const { origin, tenant, app, requests } = emulator
  const ready: Tenant = {
    origin,
    id: tenant.id,
    domains: tenant.verifiedDomains.map((domain) => domain.name),
    clientId: app.clientId,
    secret: app.secrets[0]!.value,
    caPem: emulator.caPem ?? null,
    groups: [...tenant.directory.groups()].map(({ id, displayName }) => ({ id, displayName })),
  }
  const requestsSince = () => {
    const counts = countRequests(requests.list())
    requests.clear()
    return counts
  }
  let changes = 0
  /** Gives every so many-th user another job title; answers how many. */
  const changeEvery = (nth: number) => {
    changes += 1
    const ids = Array.from(tenant.directory.walkUsers(), ({ id }) => id).filter((_, at) => at % nth === 0)
    for (const id of ids) tenant.directory.updateUser(id, { jobTitle: `Adviser ${changes}` })
    return ids.length
  }
  return { ready, answers: { requestsSince, changeEvery }, close: () => emulator.close() }
})
