import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGroups, searchGroups } from './list-groups.ts'
import { openTestGraph, type TestGraph } from './test-graph.ts'

describe('choosing groups', () => {
  let test: TestGraph
  beforeAll(async () => {
    test = await openTestGraph()
    const { directory } = test.emulator.tenant
    for (const displayName of ['Quality "A" team', 'Back\\slash crew', 'R&D + more #1', 'Ünïcode Gruppe']) {
      directory.addGroup({ displayName, securityEnabled: true, mailEnabled: false, groupTypes: [] })
    }
    directory.addGroup({
      displayName: 'Kind unified',
      groupTypes: ['Unified'],
      mailEnabled: true,
      securityEnabled: false,
    })
    directory.addGroup({
      displayName: 'Kind list',
      groupTypes: [],
      mailEnabled: true,
      securityEnabled: false,
    })
    directory.addGroup({ displayName: 'Kind mail', groupTypes: [], mailEnabled: true, securityEnabled: true })
    directory.addGroup({
      displayName: 'Kind dynamic',
      groupTypes: ['DynamicMembership'],
      mailEnabled: false,
      securityEnabled: true,
    })
  })
  afterAll(async () => test[Symbol.asyncDispose]())

  const namesFor = async (search: string) =>
    (await searchGroups(test.graph, search)).items.map(({ displayName }) => displayName)

  it.each([
    ['qual', 'Quality "A" team'],
    ['"A"', 'Quality "A" team'],
    ['Back\\slash', 'Back\\slash crew'],
    ['R&D + more #1', 'R&D + more #1'],
    ['ünïcode', 'Ünïcode Gruppe'],
  ])('finds %s', async (search, name) => {
    expect(await namesFor(search)).toContain(name)
  })

  it('finds nothing by a search that tries to leave its quotes', async () => {
    expect(await namesFor('zzz" OR "displayName:Quality')).toEqual([])
  })

  it('finds by words of the description', async () => {
    test.emulator.tenant.directory.addGroup({ displayName: 'Blue', description: 'Everyone who sails' })
    expect(await namesFor('sail')).toEqual(['Blue'])
  })

  it('tells the kinds apart', async () => {
    const { items } = await searchGroups(test.graph, 'kind')
    expect(items.map(({ displayName, kind, dynamic }) => [displayName, kind, dynamic])).toEqual([
      ['Kind dynamic', 'security', true],
      ['Kind list', 'distribution', false],
      ['Kind mail', 'mail-security', false],
      ['Kind unified', 'microsoft365', false],
    ])
  })

  it('does not take a hidden membership for an empty group', async () => {
    const { directory } = test.emulator.tenant
    const hidden = [...directory.groups()].find(({ visibility }) => visibility === 'HiddenMembership')!
    const { items } = await searchGroups(test.graph, hidden.displayName)
    expect(items.find(({ id }) => id === hidden.id)).toMatchObject({
      hiddenMembership: true,
      memberCount: null,
    })
  })

  it('reads chosen groups as they are now', async () => {
    const { directory } = test.emulator.tenant
    const [kept, removed] = [
      directory.addGroup({ displayName: 'Kept' }),
      directory.addGroup({ displayName: 'Removed' }),
    ]
    directory.removeGroup(removed.id)
    const groups = await readGroups(test.graph, [kept.id, removed.id])
    expect(groups.get(kept.id)).toMatchObject({ displayName: 'Kept' })
    expect(groups.get(removed.id)).toBe('gone')
  })
})
