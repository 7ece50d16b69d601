import { cancelImport, planImport } from '../import.ts'
import { peers, readByPeer } from '../read-by-peer.ts'
import { type Figure, seconds, target, times, whole } from '../table.ts'
import { startWorkspace } from '../workspace.ts'

/** Many groups' people over a slow line: the panel stores what it reads, its peers only read. */
export async function timeFigure(
  users: number,
  groups: number,
  latency: number,
  nodeArguments: string[] = [],
): Promise<Figure> {
  const size = { users, groups, membersPerGroup: users / groups, latency, https: true }
  await using workspace = await startWorkspace(size, nodeArguments)
  const { tenant, panel, database } = workspace
  const scope = { kind: 'groups' as const, groups: tenant.ready.groups }
  // Once before, and not counted: a tenant is never cold, and a panel has mostly run for a while.
  await cancelImport(panel.ready, (await planImport(panel.ready, database, scope)).run)
  const own = await planImport(panel.ready, database, scope)
  const others = []
  for (const peer of peers) others.push({ peer, ...(await readByPeer(tenant.ready, peer, 'groups')) })
  const scan = own.seconds.scan
  const [backstage, iterator] = others.map((other) => other.seconds / scan)
  return {
    name: 'time',
    title: `Reading ${whole(users)} users in ${whole(groups)} groups, ${latency} ms a page`,
    rows: [
      ['', 'people', 'time', 'Keyroster is faster by', ''],
      ['Keyroster', whole(own.run.read), seconds(scan), '', ''],
      ...others.map((other, at) => [
        other.peer,
        whole(other.people),
        seconds(other.seconds),
        times(other.seconds / scan),
        at === 0 ? target('≥ 5 ×', backstage! >= 5) : target('≥ 20 ×', iterator! >= 20),
      ]),
    ],
    data: { keyroster: { people: own.run.read, seconds: own.seconds }, others },
  }
}
