import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { dataKeyOf, open, SealError, seal, secretKeyOf } from './seal.ts'

const key = dataKeyOf(7, randomBytes(32))
const context = { workspaceId: 'w1', table: 'connections', rowId: 'c1', column: 'credential_sealed' }
const text = 'emulator~sample~secret – ünïcode'
const sealed = seal(key, text, context)

test('a sealed text opens in its place with its key', () => {
  expect(open(key, sealed, context)).toBe(text)
  expect(sealed.includes('sample')).toBe(false)
})

test('the same text sealed twice looks different', () => {
  expect(seal(key, text, context).equals(sealed)).toBe(false)
})

test.each([{ workspaceId: 'w2' }, { table: 'webhooks' }, { rowId: 'c2' }, { column: 'other' }])(
  'a sealed text moved to %o does not open',
  (moved) => {
    expect(() => open(key, sealed, { ...context, ...moved })).toThrow(SealError)
  },
)

test.each([
  ['another key', dataKeyOf(7, randomBytes(32))],
  ['another version of the same bytes', dataKeyOf(8, key.bytes)],
  ['the same bytes as a secret key', secretKeyOf(key.bytes)],
])('%s does not open it', (_title, other) => {
  expect(() => open(other, sealed, context)).toThrow(SealError)
})

test('a version that was changed in the sealed text does not open, even with the same bytes', () => {
  const renamed = Buffer.from(sealed)
  renamed.writeUInt32BE(8, 1)
  expect(() => open(dataKeyOf(8, key.bytes), renamed, context)).toThrow(SealError)
})

test('a tag cut to four bytes does not open', () => {
  const headAndIv = 1 + 4 + 12
  const cut = Buffer.concat([sealed.subarray(0, headAndIv + 4), sealed.subarray(headAndIv + 16)])
  expect(() => open(key, cut, context)).toThrow(SealError)
})

test('no changed byte goes unnoticed', () => {
  for (let place = 0; place < sealed.length; place++) {
    const changed = Buffer.from(sealed)
    changed[place]! ^= 1
    expect(() => open(key, changed, context), `byte ${place}`).toThrow(SealError)
  }
})

test('no beginning of it opens', () => {
  for (let length = 0; length < sealed.length; length++) {
    expect(() => open(key, sealed.subarray(0, length), context), `${length} bytes`).toThrow(SealError)
  }
})
