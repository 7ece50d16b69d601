import type { Decision } from '@keyroster/api/imports.ts'
import type { Emulator } from 'entra-emulator'
import type { Schedule } from './draw-schedule.ts'
import type { DrawnTenant } from './draw-tenant.ts'
import type { Scene } from './oracle.ts'
import type { Standing } from './standing.ts'

/** What the oracle is asked about: a schedule's import into a workspace as it stands. */
export function sceneOf(
  { schedule, emulator, answers }: { schedule: Schedule; emulator: Emulator; answers: Map<string, Decision> },
  before: Standing,
): Scene {
  const { tenant } = emulator
  return {
    wish: schedule.wish,
    tenantId: tenant.id,
    verifiedDomains: tenant.verifiedDomains.map((domain) => domain.name.toLowerCase()),
    adminEmail: schedule.adminEmail,
    people: schedule.tenant.people.map(({ id }) => tenant.directory.user(id)!),
    groupsRead: groupsRead(schedule),
    users: [...before.users.values()],
    groups: before.groups,
    members: before.members,
    answers,
  }
}

/**
 * The chosen groups that can be read to their end, with everybody in them and in the groups inside. A group that hides
 * its members from the app shows nobody, by itself and inside others.
 */
function groupsRead({ tenant, wish, forbidden, gone, seesHidden }: Schedule): Scene['groupsRead'] {
  const isReadable = ({ id }: { id: string }) => !forbidden.includes(id) && !gone.includes(id)
  return (wish.groups ?? [])
    .filter(isReadable)
    .map(({ id, displayName }) => ({ id, displayName, people: peopleIn(tenant, id, seesHidden) }))
    .filter(({ id, people }) => people.size > 0 || !tenant.groups.find((group) => group.id === id)!.hidden)
}

function peopleIn(tenant: DrawnTenant, groupId: string, seesHidden: boolean): Set<string> {
  const people = new Set<string>()
  const seen = new Set<string>()
  const open = [groupId]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const group = tenant.groups.find((one) => one.id === id)
    if (seen.has(id)) continue
    seen.add(id)
    if (!group) people.add(id)
    else if (seesHidden || !group.hidden) open.push(...group.members)
  }
  return people
}
