import type { Emulator } from 'entra-emulator'
import type { Schedule } from './draw-schedule.ts'

/** Puts a schedule's people, groups and faults into the emulated tenant; `foreign` is where a link may lead astray. */
export function prepareTenant(emulator: Emulator, schedule: Schedule, foreign: string): void {
  const { directory } = emulator.tenant
  for (const person of schedule.tenant.people) directory.addUser(person)
  for (const { id, displayName, hidden } of schedule.tenant.groups)
    directory.addGroup({
      id,
      displayName,
      ...(hidden && { visibility: 'HiddenMembership', groupTypes: ['Unified'] }),
    })
  for (const group of schedule.tenant.groups)
    for (const member of group.members) directory.addMember(group.id, member)
  emulator.world.largestPage = schedule.largestPage
  if (schedule.seesHidden) emulator.grant(['Member.Read.Hidden'])
  keepForbidden(emulator, schedule)
  for (const fault of schedule.faults) emulator.faults.add(fault)
  if (schedule.closing) {
    const { id, nth, status } = schedule.closing
    const route = `/v1.0/groups/${id}/transitiveMembers/microsoft.graph.user`
    emulator.faults.add({ route, nth, times: Number.POSITIVE_INFINITY, effect: { kind: 'status', status } })
  }
  if (schedule.foreignLink)
    for (const route of ['users', 'members'])
      emulator.faults.add({ route, nth: 2, effect: { kind: 'foreign-next-link', origin: foreign } })
}

/** What is no fault but how this tenant is. */
export function keepForbidden(emulator: Emulator, { forbidden }: Schedule): void {
  for (const id of forbidden)
    emulator.faults.add({
      route: `/v1.0/groups/${id}/transitiveMembers`,
      effect: { kind: 'status', status: 403, code: 'Authorization_RequestDenied' },
    })
}

/** Empties the tenant for the next schedule. */
export function clearTenant(emulator: Emulator): void {
  const { directory } = emulator.tenant
  emulator.faults.clear()
  emulator.requests.clear()
  emulator.revoke(['Member.Read.Hidden'])
  for (const { id } of [...directory.groups()]) directory.removeGroup(id)
  for (const { id } of [...directory.users()]) directory.removeUser(id)
}
