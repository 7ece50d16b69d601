import type { FaultEffect } from 'entra-emulator/faults'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleHidden } from './sample-hidden.ts'
import { openTestGraph, type TestGraph } from './test-graph.ts'

const idOf = (digit: number) => `${`${digit}`.repeat(8)}-0000-4000-8000-000000000000`
const OUTER = idOf(1)
const MIDDLE = idOf(2)
const HIDDEN = idOf(3)
const PLAIN = idOf(4)
const ADELE = idOf(5)

describe('people of hidden groups inside a group', () => {
  let test: TestGraph
  /** A group with a group with a group that hides its one member, beside a group with nothing hidden. */
  beforeEach(async () => {
    test = await openTestGraph({ seed: { users: 0, groups: 0 } })
    const { directory } = test.emulator.tenant
    directory.addUser({ id: ADELE, userPrincipalName: 'AdeleV@contoso.com', displayName: 'Adele Vance' })
    for (const id of [OUTER, MIDDLE, PLAIN]) directory.addGroup({ id, displayName: id })
    const hidden = { visibility: 'HiddenMembership', groupTypes: ['Unified'] } as const
    directory.addGroup({ id: HIDDEN, displayName: 'Compensation Committee', ...hidden })
    directory.addMember(OUTER, MIDDLE)
    directory.addMember(MIDDLE, HIDDEN)
    directory.addMember(HIDDEN, ADELE)
    directory.addMember(PLAIN, ADELE)
  })
  afterEach(async () => test[Symbol.asyncDispose]())

  const samples = async (...groupIds: string[]) =>
    Object.fromEntries(await sampleHidden(test.graph, groupIds))
  const strike = (route: string, effect: FaultEffect) => test.emulator.faults.add({ route, nth: 1, effect })
  const refused = { kind: 'status', status: 403, code: 'Authorization_RequestDenied' } as const

  it('are not to be had where one inside hides its members, however deep', async () => {
    expect(await samples(OUTER, MIDDLE, PLAIN)).toEqual({ [OUTER]: null, [MIDDLE]: null, [PLAIN]: [] })
  })
  it('are one of each group where the app may see hidden members', async () => {
    test.emulator.grant(['Member.Read.Hidden'])
    expect(await samples(OUTER, PLAIN)).toEqual({ [OUTER]: [ADELE], [PLAIN]: [] })
  })
  it('are not to be had where a hidden group shows nobody, though the app may see hidden members', async () => {
    test.emulator.grant(['Member.Read.Hidden'])
    test.emulator.tenant.directory.removeMember(HIDDEN, ADELE)
    expect(await samples(OUTER)).toEqual({ [OUTER]: null })
  })
  it.each([
    ['what is inside', PLAIN, PLAIN],
    ['who is in a hidden group', OUTER, HIDDEN],
  ])('are not to be had where Microsoft refuses to say %s', async (_what, asked, refuses) => {
    test.emulator.grant(['Member.Read.Hidden'])
    strike(`/v1.0/groups/${refuses}/`, refused)
    expect(await samples(asked)).toEqual({ [asked]: null })
  })
  it('are found on later pages too', async () => {
    test.emulator.world.largestPage = 1
    test.emulator.grant(['Member.Read.Hidden'])
    strike('members', { kind: 'empty-page' })
    expect(await samples(OUTER)).toEqual({ [OUTER]: [ADELE] })
  })
  it('are found anew where Microsoft forgets a place in the list', async () => {
    test.emulator.world.largestPage = 1
    test.emulator.grant(['Member.Read.Hidden'])
    strike('members', { kind: 'expired-skiptoken' })
    expect(await samples(OUTER)).toEqual({ [OUTER]: [ADELE] })
  })
  it('come to an end where a list never does', async () => {
    test.emulator.faults.add({ route: `/v1.0/groups/${PLAIN}/`, effect: { kind: 'looping-next-link' } })
    expect(await samples(PLAIN)).toEqual({ [PLAIN]: null })
  })
  it('cost one request for twenty groups, and another only where something may be hidden', async () => {
    test.emulator.requests.clear()
    const batches = () => test.emulator.requests.list().filter(({ route }) => route === 'batch').length
    await samples(PLAIN)
    expect(batches()).toBe(1)
    await samples(OUTER, MIDDLE, PLAIN)
    expect(batches()).toBe(3)
  })
})
