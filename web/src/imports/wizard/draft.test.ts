import type { ImportRun } from '@keyroster/api/imports.ts'
import { startImport } from '@keyroster/api/imports.ts'
import { describe, expect, it } from 'vitest'
import {
  draftOfRun,
  hasAnswers,
  keepDraft,
  modeOf,
  newDraft,
  readDraft,
  sameAnswers,
  startBody,
} from './draft.ts'

const connectionId = 'b1a7c9f0-6f1f-4c1e-9a52-2f6a6b1c0d11'
const sales = { id: '0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9', displayName: 'Sales' }

function storage(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>()
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }
}

function runOf(body: ReturnType<typeof startBody>): ImportRun {
  return { ...startImport.parse(body) } as ImportRun
}

describe('the draft of an import', () => {
  it('comes back after a reload with the same run id', () => {
    const tab = storage()
    const draft = { ...newDraft(), connectionId, everyone: false, groups: [sales] }
    keepDraft(tab, draft)
    expect(readDraft(tab)).toEqual(draft)
  })

  it('starts anew where what was kept is from another version or damaged', () => {
    const tab = storage()
    tab.setItem('keyroster.import-draft', '{"everyone": "yes"')
    expect(readDraft(tab)).toMatchObject({ everyone: true, started: false })
    tab.setItem('keyroster.import-draft', '{"everyone": "yes"}')
    expect(readDraft(tab)).toMatchObject({ everyone: true, started: false })
  })

  it('has nothing to lose until something other than the default is chosen', () => {
    expect(hasAnswers({ ...newDraft(), connectionId })).toBe(false)
    expect(hasAnswers({ ...newDraft(), everyone: false })).toBe(true)
    expect(hasAnswers({ ...newDraft(), includeGuests: true })).toBe(true)
  })

  it('makes a body the server accepts, with all users as the default', () => {
    const body = startBody({ ...newDraft(), connectionId })
    expect(startImport.parse(body)).toMatchObject({ scope: { kind: 'all-users' }, mode: 'new' })
  })

  it('sends of a chosen group what the server wants and no more', () => {
    const body = startBody({
      ...newDraft(),
      connectionId,
      everyone: false,
      groups: [{ ...sales, description: 'Everybody who sells', memberCount: 12 }],
    })
    expect(startImport.parse(body).scope).toEqual({ kind: 'groups', groups: [sales] })
  })

  it('updates only where existing users are synced at all', () => {
    expect(modeOf({ syncExisting: false, onlyUpdate: true })).toBe('new')
    expect(modeOf({ syncExisting: true, onlyUpdate: false })).toBe('new-and-existing')
    expect(modeOf({ syncExisting: true, onlyUpdate: true })).toBe('existing')
  })

  it('is the same as its run until an answer changes', () => {
    const draft = { ...newDraft(), connectionId, everyone: false, groups: [sales], includeGuests: true }
    const run = runOf(startBody(draft))
    expect(sameAnswers(draft, run)).toBe(true)
    expect(sameAnswers(draftOfRun(run), run)).toBe(true)
    expect(sameAnswers({ ...draft, includeGuests: false }, run)).toBe(false)
    expect(sameAnswers({ ...draft, syncExisting: true }, run)).toBe(false)
    expect(sameAnswers({ ...draft, everyone: true }, run)).toBe(false)
    expect(sameAnswers({ ...draft, groups: [] }, run)).toBe(false)
  })
})
