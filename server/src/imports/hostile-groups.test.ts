import type { DirectoryGroups } from '@keyroster/api/connections.ts'
import type { Group } from '@keyroster/api/groups.ts'
import type { ImportRun } from '@keyroster/api/imports.ts'
import type { Page } from '@keyroster/api/page.ts'
import type { User } from '@keyroster/api/users.ts'
import { hostileGroupId } from 'entra-emulator/hostile-groups'
import { hostileId } from 'entra-emulator/hostile-people'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCsv } from './test-csv.ts'
import { createTestImport, type TestImport } from './test-import.ts'

let test: TestImport
let run: ImportRun

/** Every group of the tenant, named as the chooser names it. */
let scope: Extract<ImportRun['scope'], { kind: 'groups' }>

beforeAll(async () => {
  test = await createTestImport({ seed: 'hostile' })
  const { body } = await test.call<DirectoryGroups>('GET', `/api/connections/${test.connectionId}/groups`)
  scope = { kind: 'groups', groups: body.items.map(({ id, displayName }) => ({ id, displayName })) }
  // Small pages, so that what belongs together comes apart.
  test.emulator.world.largestPage = 2
  run = await test.applyPlan(await test.plan({ scope }))
})
afterAll(() => test.close())

const groups = async () => {
  const { body } = await test.call<Page<Group>>('GET', '/api/groups?limit=200')
  return new Map(body.items.map((group) => [group.objectId, group]))
}
const group = async (key: string) => (await groups()).get(hostileGroupId(key))!
const peopleIn = async (key: string) => {
  const { body } = await test.call<Page<User>>('GET', `/api/users?group=${(await group(key)).id}`)
  return body.items.map((user) => user.userPrincipalName!.split('@')[0]).sort()
}

it('every group is chosen, read to its end, and here once', async () => {
  const { directory } = test.emulator.tenant
  expect(run.state).toBe('completed')
  expect(run.sources.map(({ state }) => state)).toEqual(Array(directory.groupCount).fill('complete'))
  expect([...(await groups()).keys()].sort()).toEqual([...directory.groups()].map(({ id }) => id).sort())
})

describe('a name of a group is shown as it is', () => {
  it.each([
    ['1', 'a script', '1', 'Row 1 <script>window.hostile = "ran"</script>', '<script>'],
    ['5', 'a formula', '5', '=1+1 row 5', '=1+1'],
    ['13', 'NUL', '13', 'Row 13 nul \ufffd here', 'row 13 nul'],
    ['14', 'half a character', '14', 'Row 14 half \ufffd', 'row 14 half'],
    ['15', 'an emoji at the limit', '15', `Row 15 ${'x'.repeat(1016)}…`, 'row 15'],
    ['17', 'a right-to-left override', '17', 'Row 17 right-to-left \u202egpj.exe', 'right-to-left gpj'],
    ['18', 'nothing visible', '18', hostileGroupId('18'), hostileGroupId('18')],
    ['19', 'letters that look like others', '19', 'Row 19 pаypal', 'pаypal'],
    ['35', 'ten thousand units', '35', `Row 35 ${'😀'.repeat(508)}…`, 'row 35'],
  ])('row %s: %s', async (_row, _what, key, name, typed) => {
    expect((await group(key)).displayName).toBe(name)
    const { body } = await test.call<Page<Group>>('GET', `/api/groups?search=${encodeURIComponent(typed)}`)
    expect(body.items.map(({ objectId }) => objectId)).toContain(hostileGroupId(key))
  })

  it('row 5: and no formula in a cell', async () => {
    const { body } = await test.call<string>('GET', `/api/imports/${run.id}/report.csv`)
    const [head, ...lines] = readCsv(body.replace(/^\ufeff/, ''))
    const cells = lines.map((line) => line[head!.indexOf('Groups')])
    expect(cells).toContain("'=1+1 row 5; Row 45 of one name")
  })

  it('row 19: letters that look like others are not found by the others', async () => {
    const { body } = await test.call<Page<Group>>('GET', '/api/groups?search=paypal')
    expect(body.items).toEqual([])
  })
})

describe('who is in a group', () => {
  it.each([
    ['44', 'empty', '44-empty', []],
    ['44', 'in itself', '44-self', ['row-44-member']],
    ['44', 'around another that holds it', '44-outer', ['row-44-member']],
    ['44', 'inside another that it holds', '44-inner', ['row-44-member']],
    ['44', 'with a device and an app', '44-things', ['row-44-member']],
    ['45', 'of another’s name', '45-one', ['row-5']],
    ['45', 'of another’s name', '45-other', ['row-6']],
    ['1', 'with people over several pages', '1', ['row-1', 'row-17-override', 'row-21']],
  ])('row %s: a group %s has its people alone', async (_row, _what, key, people) => {
    expect(await peopleIn(key)).toEqual(people)
    expect((await group(key)).memberCount).toBe(people.length)
  })

  it('row 46: somebody in three groups is one person in all three', async () => {
    const [entry] = await test.entries(run.id, 'search=row-46')
    expect(entry).toMatchObject({ outcome: 'created', groups: ['Row 46 a', 'Row 46 b', 'Row 46 c'] })
    for (const key of ['46-a', '46-b', '46-c']) expect(await peopleIn(key)).toEqual(['row-46'])
    const { body } = await test.call<Page<User>>('GET', '/api/users?search=row-46')
    expect([body.total, run.read]).toEqual([
      1,
      new Set((await test.entries(run.id)).map(({ objectId }) => objectId)).size,
    ])
  })
})

describe('when groups change', () => {
  it('row 45: one that takes another’s name stays itself', async () => {
    const { directory } = test.emulator.tenant
    const before = await group('46-a')
    directory.updateGroup(hostileGroupId('46-a'), { displayName: 'Row 44 empty' })
    await test.applyPlan(await test.plan({ scope }))
    expect(await group('46-a')).toMatchObject({ id: before.id, displayName: 'Row 44 empty', memberCount: 1 })
    expect((await group('44-empty')).memberCount).toBe(0)
  })

  it('row 44: one that reads as empty takes nobody out', async () => {
    const { directory } = test.emulator.tenant
    directory.removeMember(hostileGroupId('46-c'), hostileId('46'))
    const ready = await test.plan({ scope })
    expect(ready.membershipsToRemove).toBe(0)
    await test.applyPlan(ready)
    expect(await peopleIn('46-c')).toEqual(['row-46'])
  })

  it.each([
    [
      '38',
      'without a userPrincipalName',
      { id: hostileId('44-member'), displayName: 'Row 38', accountEnabled: true },
    ],
    ['38', 'that is nothing', null],
  ])('row %s: a member %s is left out, and the others come', async (_row, _what, member) => {
    const others = {
      id: hostileId('45'),
      userPrincipalName: 'row-45@hostile.example',
      displayName: 'Row 45',
      accountEnabled: true,
    }
    test.emulator.faults.add({
      route: 'members',
      nth: 1,
      effect: { kind: 'status', status: 200, body: { value: [member, others] } },
    })
    const one = {
      kind: 'groups' as const,
      groups: [{ id: hostileGroupId('44-things'), displayName: 'Row 44 things' }],
    }
    const ready = await test.plan({ scope: one })
    await test.call('POST', `/api/imports/${ready.id}/cancel`, {})
    expect([ready.state, ready.plan.create, ready.skips['invalid-record']]).toEqual(['ready', 1, 1])
  })
})
