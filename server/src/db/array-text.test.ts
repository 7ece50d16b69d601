import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { arrayText } from './array-text.ts'
import type { Database } from './open.ts'
import { createBareTestDatabase } from './test-database.ts'

let database: Database
beforeAll(async () => {
  database = await createBareTestDatabase()
})
afterAll(() => database.close())

const stored = async (column: (string | null)[]) =>
  (await sql<{ texts: unknown }>`select ${arrayText(column)}::text[] as texts`.execute(database.db)).rows[0]!
    .texts

it('gives PostgreSQL every text as it is, and what is null as null', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '',
      'null',
      'NULL',
      '{}',
      ',',
      '"',
      '\\',
      '\\n',
      '\\"',
      '\n',
      '\t',
      "O'Neill",
      'Zoë 🦊',
      ' \u2028',
    ),
  )
  // PostgreSQL stores no NUL, and nobody's text comes here with one.
  const storable = text.filter((value) => !value.includes('\0'))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(storable)), async (column) => {
      expect(await stored(column)).toEqual(column)
    }),
    { numRuns: 300 },
  )
})

it('writes usual columns itself, and leaves to pg what JSON writes in another way', () => {
  expect(arrayText(['Adele "Adi" Vance', null])).toBe('{"Adele \\"Adi\\" Vance",null}')
  expect(arrayText([true, null])).toBe('{true,null}')
  expect(arrayText([7, 8])).toBe('{7,8}')
  expect(arrayText([])).toBe('{}')
  expect(arrayText(['two\nlines'])).toBe('{"two\nlines"}')
  expect(arrayText(['a\\b', '\n'])).toEqual(['a\\b', '\n'])
  expect(arrayText(['a\tb'])).toEqual(['a\tb'])
})
