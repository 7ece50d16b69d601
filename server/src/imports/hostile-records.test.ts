import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { EntryPage } from '@keyroster/api/imports.ts'
import { hostileId } from 'entra-emulator/hostile-people'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attributesOf, createHostileImport, type HostileImport } from './test-hostile-import.ts'

let test: HostileImport
const asked = new Set<string>()
const noteOrigin = (message: unknown) =>
  void asked.add((message as { request: { origin: string } }).request.origin)

beforeAll(async () => {
  subscribe('undici:request:create', noteOrigin)
  test = await createHostileImport()
})
afterAll(async () => {
  unsubscribe('undici:request:create', noteOrigin)
  await test.close()
})

describe('a record that is none', () => {
  const skipped = () => [...test.entriesById.values()].filter((entry) => entry.reason === 'invalid-record')
  const why = (name: string) =>
    skipped()
      .filter((entry) => entry.displayName === name)
      .map((entry) => entry.problem!.detail)

  it.each([
    ['36', 'an id that is a word', 'Row 36-word', 'not a GUID'],
    ['36', 'an id that is a path', 'Row 36-path', 'not a GUID'],
    ['36', 'an id with ? and #', 'Row 36-query', 'not a GUID'],
    ['38', 'nothing in place of a record', 'Unreadable record', 'no record'],
    ['38', 'a list in place of a record', 'Unreadable record', 'without an object ID'],
    ['38', 'no id', 'Row 38-no-id', 'without an object ID'],
    ['38', 'no userPrincipalName', 'Row 38-no-upn', 'without a userPrincipalName'],
    ['40', 'a number beyond all', 'Row 40-infinite', 'employeeId that is not text'],
    ['40', 'a number of 400 digits', 'Row 40-huge', 'employeeId that is not text'],
  ])('row %s: %s is left out with the reason', (_row, _what, name, reason) => {
    expect(why(name)).toContainEqual(expect.stringContaining(reason))
  })

  it.each([
    ['38', 'a number for a name', '38-number', 'displayName that is not text'],
    ['40', 'ten thousand lists for a name', '40-deep-name', 'displayName that is not text'],
    ['43', 'a note that somebody was removed', '43', 'without a userPrincipalName'],
  ])('row %s: %s is left out with the reason', (_row, _what, key, reason) => {
    expect(test.entryOf(key)).toMatchObject({
      reason: 'invalid-record',
      problem: { detail: expect.stringContaining(reason) },
    })
  })

  it('row 36: an id in capitals is the same id', () => {
    expect(test.entryOf('36-upper')).toMatchObject({ outcome: 'created', objectId: hostileId('36-upper') })
  })

  it.each([
    ['39', 'names that JavaScript objects inherit', '39', true],
    ['40', 'ten thousand lists in what nobody asked for', '40-deep', true],
    ['51', 'a megabyte of what nobody asked for', '51', true],
    ['38', 'a text for accountEnabled', '38-text', null],
    ['42', 'null for accountEnabled', '42-null', null],
    ['42', 'no accountEnabled', '42-missing', null],
  ])('row %s: %s does no harm', async (_row, _what, key, accountEnabled) => {
    const detail = await test.detailOf(key)
    expect(detail).toMatchObject({ displayName: `Row ${key}`, status: 'active' })
    expect(attributesOf(detail)).toMatchObject({ accountEnabled })
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false)
  })
})

describe('the run', () => {
  it('row 37: counts somebody who comes twice once, and the last page wins', () => {
    expect(test.entryOf('37-near').displayName).toBe('Row 37 near, last')
    expect(test.entryOf('37-far').displayName).toBe('Row 37 far, read last')
    expect(test.run.read).toBe(test.entriesById.size)
    expect(test.run.sources[0]!.read).toBeGreaterThan(test.run.read)
  })

  it('gives everybody one outcome, and fails at nobody', () => {
    const sum = (counts: Record<string, number>) =>
      Object.values(counts).reduce((total, count) => total + count, 0)
    expect([test.run.state, sum(test.run.plan), sum(test.run.outcomes), test.run.outcomes.failed]).toEqual([
      'completed',
      test.run.read,
      test.run.read,
      0,
    ])
  })

  it('row 50: asked nobody but Microsoft', () => {
    expect([...asked]).toEqual([test.emulator.origin])
  })

  it('row 48: finds nothing to do when it reads the same again, also where a value went back and forth', async () => {
    const { directory } = test.emulator.tenant
    directory.updateUser(hostileId('46'), { jobTitle: 'for a moment' })
    directory.updateUser(hostileId('46'), { jobTitle: null })
    const again = await test.plan({ includeGuests: true })
    await test.call('POST', `/api/imports/${again.id}/cancel`, {})
    expect([again.toApply, again.plan.unchanged]).toEqual([0, test.run.outcomes.created])
  })

  it('row 42: never suspends somebody whose state Microsoft does not say', async () => {
    const { directory } = test.emulator.tenant
    // Graph may send null, which the emulator's own users never have.
    directory.updateUser(hostileId('46'), { accountEnabled: null as unknown as boolean })
    const again = await test.plan({ includeGuests: true })
    await test.call('POST', `/api/imports/${again.id}/cancel`, {})
    expect([again.plan.suspend, again.toApply]).toEqual([0, 0])
  })

  it.each([
    ['35', 'an answer of 34 MB', { value: [{ displayName: 'x'.repeat(34_000_000) }] }],
    ['38', 'a list that is none', { value: { id: hostileId('46') } }],
    ['38', 'an answer without a list', {}],
  ])('row %s: asks again after %s, and takes nothing from it', async (_row, _what, body) => {
    test.emulator.faults.add({ route: 'users', nth: 1, effect: { kind: 'status', status: 200, body } })
    const again = await test.plan({ includeGuests: true })
    await test.call('POST', `/api/imports/${again.id}/cancel`, {})
    expect([again.state, again.read, again.toApply]).toEqual(['ready', test.run.read, 0])
  })

  it('lists its people page by page, whatever their names', async () => {
    const ids: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body }: { body: EntryPage } = await test.call<EntryPage>(
        'GET',
        `/api/imports/${test.run.id}/entries?limit=7${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      ids.push(...body.items.map((entry) => entry.objectId))
      cursor = body.next
    }
    expect(ids.sort()).toEqual([...test.entriesById.keys()].sort())
  })
})
