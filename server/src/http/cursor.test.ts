import { expect, test } from 'vitest'
import { z } from 'zod'
import { cutPage, decodeCursor, encodeCursor } from './cursor.ts'

const schema = z.tuple([z.literal('name'), z.string().nullable(), z.uuid()])
const id = '0199aaaa-0000-7000-8000-000000000001'

test('a cursor gives back the keys it was made of', () => {
  for (const key of ['adele', 'zoë "quoted" \\ % _', '', null]) {
    const cursor = encodeCursor(['name', key, id])
    expect(cursor).toMatch(/^[\w-]+$/)
    expect(decodeCursor(schema, cursor)).toEqual(['name', key, id])
  }
})

test('a page shows as many as asked for, and leads on from the last of them where one more was read', () => {
  const key = (id: number) => [id]
  expect(cutPage([1, 2, 3], 2, key)).toEqual({ shown: [1, 2], next: encodeCursor([2]) })
  expect(cutPage([1, 2], 2, key)).toEqual({ shown: [1, 2], next: null })
  expect(cutPage([], 2, key)).toEqual({ shown: [], next: null })
})

test('no cursor is the first page', () => {
  expect(decodeCursor(schema, undefined)).toBeNull()
})

test('anything that this list did not make is a bad request about the cursor', () => {
  const strangers = [
    '',
    'garbage',
    '%%%',
    Buffer.from('{"a":1}').toString('base64url'),
    encodeCursor(['email', 'adele', id]),
    encodeCursor(['name', 'adele', 'no-id']),
    encodeCursor(['name', 'adele']),
    encodeCursor(['name', 3, id]),
    encodeCursor(['name', 'nul\0', id]),
    encodeCursor(['name', 'half \ud83d', id]),
  ]
  for (const cursor of strangers) {
    expect(() => decodeCursor(schema, cursor)).toThrow(
      expect.objectContaining({
        code: 'bad_request',
        fields: [expect.objectContaining({ field: 'cursor' })],
      }),
    )
  }
})
