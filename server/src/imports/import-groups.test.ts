import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestImport, isEnabledMember, type TestImport } from './test-import.ts'

let test: TestImport
beforeEach(async () => {
  test = await createTestImport()
})
afterEach(() => test.close())

const group = (name: string) =>
  [...test.emulator.tenant.directory.groups()].find((known) => known.displayName === name)!
const scopeOf = (...names: string[]) => ({
  kind: 'groups' as const,
  groups: names.map((name) => ({ id: group(name).id, displayName: name })),
})
const inGroup = async (objectId: string) => {
  const rows = await sql<{ id: string }>`
    select u.object_id as id from group_members m join groups g on g.id = m.group_id join users u on u.id = m.user_id
    where g.object_id = ${objectId}`.execute(test.panel.database.db)
  return rows.rows.map((row) => row.id).sort()
}
const isHere = async (objectId: string) => {
  const rows = await sql`select from users where object_id = ${objectId}`.execute(test.panel.database.db)
  return rows.rows.length === 1
}
const peopleIn = (objectId: string) => {
  const { directory } = test.emulator.tenant
  return [...directory.transitiveUserIds(objectId)]
    .filter((id) => isEnabledMember(directory.user(id)!))
    .sort()
}
/** The people in a group but the two who share an email and wait for a decision. */
const undisputedIn = (objectId: string) => {
  const mailOf = (id: string) => test.emulator.tenant.directory.user(id)!.mail?.toLowerCase()
  const people = peopleIn(objectId)
  return people.filter((id) => people.filter((other) => mailOf(other) === mailOf(id)).length === 1)
}
const biggest = () =>
  [...test.emulator.tenant.directory.groups()]
    .map((known) => ({ known, people: peopleIn(known.id).length }))
    .filter(({ known }) => known.visibility !== 'HiddenMembership')
    .sort((a, b) => b.people - a.people)[0]!.known

describe('groups', () => {
  it('bring in the people in them, nested ones included, with their memberships', async () => {
    const chosen = biggest()
    await test.applyPlan(await test.plan({ scope: scopeOf(chosen.displayName) }))
    expect(await inGroup(chosen.id)).toEqual(undisputedIn(chosen.id))
  })

  it('take a membership back when somebody left the group, and say so before', async () => {
    const chosen = biggest()
    await test.applyPlan(await test.plan({ scope: scopeOf(chosen.displayName) }))
    const { directory } = test.emulator.tenant
    const direct = [...directory.memberIds(chosen.id)].filter((member) => member.type === 'user')
    const leaver = direct.find((member) => isEnabledMember(directory.user(member.id)!))!
    directory.removeMember(chosen.id, leaver.id)
    const ready = await test.plan({ scope: scopeOf(chosen.displayName) })
    const stillThere = directory.transitiveUserIds(chosen.id).has(leaver.id)
    expect(ready.membershipsToRemove).toBe(stillThere ? 0 : 1)
    await test.applyPlan(ready)
    expect(await inGroup(chosen.id)).toEqual(undisputedIn(chosen.id))
    expect(await isHere(leaver.id)).toBe(true)
  })

  it('that hide their members are said to be unread, and nobody is taken out of them', async () => {
    const hidden = [...test.emulator.tenant.directory.groups()].find(
      (known) => known.visibility === 'HiddenMembership',
    )!
    const ready = await test.plan({ scope: scopeOf(hidden.displayName) })
    expect(ready.sources).toMatchObject([{ state: 'hidden', read: 0 }])
  })

  it('keep whoever may be in a group inside that hides its members, who leave where Microsoft shows them', async () => {
    const chosen = biggest()
    const scope = scopeOf(chosen.displayName)
    const { directory } = test.emulator.tenant
    const direct = [...directory.memberIds(chosen.id)].filter((member) => member.type === 'user')
    const [moved, leaver] = direct.filter(({ id }) => undisputedIn(chosen.id).includes(id))
    const nested = directory.addGroup({
      displayName: 'Hidden inside',
      visibility: 'HiddenMembership',
      groupTypes: ['Unified'],
    })
    directory.addMember(chosen.id, nested.id)
    await test.applyPlan(await test.plan({ scope }))
    const whole = await inGroup(chosen.id)
    directory.addMember(nested.id, moved!.id)
    for (const member of [moved!, leaver!]) directory.removeMember(chosen.id, member.id)

    const unsure = await test.plan({ scope })
    expect(unsure.sources).toMatchObject([{ state: 'partial', read: expect.any(Number) }])
    expect([unsure.membershipsToRemove, unsure.plan.update]).toEqual([0, 0])
    await test.applyPlan(unsure)
    expect(await inGroup(chosen.id)).toEqual(whole)

    test.emulator.grant(['Member.Read.Hidden'])
    // The check signs in anew, with what the app may do now.
    await test.call('POST', `/api/connections/${test.connectionId}/check`)
    const sure = await test.plan({ scope })
    expect(sure.sources).toMatchObject([{ state: 'complete' }])
    expect(sure.membershipsToRemove).toBe(1)
    await test.applyPlan(sure)
    expect(await inGroup(chosen.id)).toEqual(whole.filter((id) => id !== leaver!.id))
  })

  it('keep whoever is missing where a hidden group inside shows somebody who was not read with the group', async () => {
    test.emulator.grant(['Member.Read.Hidden'])
    const chosen = biggest()
    const scope = scopeOf(chosen.displayName)
    const { directory } = test.emulator.tenant
    const [leaver, other, late] = undisputedIn(chosen.id)
    const nested = directory.addGroup({
      displayName: 'Hidden inside',
      visibility: 'HiddenMembership',
      groupTypes: ['Unified'],
    })
    directory.addMember(chosen.id, nested.id)
    directory.addMember(nested.id, other!)
    await test.applyPlan(await test.plan({ scope }))
    for (const id of [leaver!, late!]) directory.removeMember(chosen.id, id)
    const route = `/v1.0/groups/${chosen.id}/transitiveMembers/microsoft.graph.group`
    test.emulator.faults.add({ route, effect: { kind: 'delay', ms: 300 } })
    const planned = test.plan({ scope })
    await expect.poll(() => test.emulator.faults.list()[0]!.fired).toBe(1)
    directory.removeMember(nested.id, other!)
    directory.addMember(nested.id, late!)
    const ready = await planned
    expect([ready.sources[0]!.state, ready.membershipsToRemove]).toEqual(['partial', 0])
  })

  it('that are gone are said to be gone, and the others are read', async () => {
    const chosen = biggest()
    const scope = scopeOf(chosen.displayName)
    scope.groups.push({ id: '99999999-9999-4999-8999-999999999999', displayName: 'Deleted' })
    const ready = await test.plan({ scope })
    expect(ready.sources.map((source) => source.state).sort()).toEqual(['complete', 'gone'])
    expect(ready.plan.create).toBeGreaterThan(0)
  })
})
