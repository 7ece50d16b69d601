import type { Decision } from '@keyroster/api/imports.ts'
import type { Emulator } from 'entra-emulator'
import type { Schedule } from './draw-schedule.ts'
import type { DrawnTenant } from './draw-tenant.ts'
import type { Scene } from './oracle.ts'
import type { Standing } from './standing.ts'

/** What the oracle is asked about: a schedule's import into a workspace as it stands. */
export function sceneOf(
  {
    schedule,
    emulator,
    answers,
    closed,
  }: { schedule: Schedule; emulator: Emulator; answers: Map<string, Decision>; closed: string[] },
  before: Standing,
): Scene {
  const { tenant } = emulator
  return {
    wish: schedule.wish,
    tenantId: tenant.id,
    verifiedDomains: tenant.verifiedDomains.map((domain) => domain.name.toLowerCase()),
    adminEmail: schedule.adminEmail,
    people: schedule.tenant.people.map(({ id }) => tenant.directory.user(id)!),
    groupsRead: groupsRead(schedule, closed),
    users: [...before.users.values()],
    groups: before.groups,
    members: before.members,
    answers,
  }
}

/** The chosen groups that can be read to their end, with everybody who is shown in them and in the groups inside. */
function groupsRead(schedule: Schedule, closed: string[]): Scene['groupsRead'] {
  const { tenant, wish, forbidden, gone } = schedule
  const isReadable = ({ id }: { id: string }) => ![...forbidden, ...gone, ...closed].includes(id)
  return (wish.groups ?? [])
    .filter(isReadable)
    .map(({ id, displayName }) => ({ id, displayName, ...shownIn(schedule, id) }))
    .filter(({ id, people }) => people.size > 0 || !tenant.groups.find((group) => group.id === id)!.hidden)
}

/**
 * Who is shown in a group. One that hides its members from the app shows nobody, by itself and inside others; that this is all
 * is known only where every such group inside shows somebody.
 */
function shownIn({ tenant: { groups }, seesHidden, forbidden }: Schedule, groupId: string) {
  const people = new Set<string>()
  const inside = new Set<DrawnTenant['groups'][number]>()
  const open = [groupId]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const group = groups.find((one) => one.id === id)
    if (!group) people.add(id)
    else if (!inside.has(group)) {
      inside.add(group)
      if (seesHidden || !group.hidden) open.push(...group.members)
    }
  }
  const whole = [...inside].every(
    ({ id, hidden }) =>
      id === groupId || !hidden || (seesHidden && !forbidden.includes(id) && hasPeople(groups, id)),
  )
  return { people, whole }
}

function hasPeople(groups: DrawnTenant['groups'], groupId: string): boolean {
  const seen = new Set<string>()
  const open = [groupId]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const group = groups.find((one) => one.id === id)
    if (!group) return true
    if (!seen.has(id)) open.push(...group.members)
    seen.add(id)
  }
  return false
}
