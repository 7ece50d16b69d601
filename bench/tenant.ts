import { startEmulator } from 'entra-emulator'
import { actAsPart } from './part.ts'
import { countRequests } from './requests.ts'

export interface TenantSize {
  users: number
  groups: number
  /** How long each answer of Graph takes to come, in milliseconds. */
  latency: number
}

export interface Tenant {
  origin: string
  id: string
  domains: string[]
  clientId: string
  secret: string
  groups: { id: string; displayName: string }[]
}

/** On average: the emulator's groups differ in size, and one in ten has groups in it. */
const MEMBERS_PER_GROUP = 100

await actAsPart<TenantSize>(async ({ users, groups, latency }) => {
  const emulator = await startEmulator({
    seed: { users, groups, membersPerGroup: MEMBERS_PER_GROUP },
    latencyMs: latency,
    granted: true,
  })
  const { origin, tenant, app, requests } = emulator
  const ready: Tenant = {
    origin,
    id: tenant.id,
    domains: tenant.verifiedDomains.map((domain) => domain.name),
    clientId: app.clientId,
    secret: app.secrets[0]!.value,
    groups: [...tenant.directory.groups()].map(({ id, displayName }) => ({ id, displayName })),
  }
  const requestsSince = () => {
    const counts = countRequests(requests.list())
    requests.clear()
    return counts
  }
  return { ready, answers: { requestsSince }, close: () => emulator.close() }
})
