import type { z } from 'zod'
import { badRequest } from '../problem.ts'
import { hasUnstorableText } from './unstorable-text.ts'

/** Makes the opaque cursor of a list from the sort keys of the last row shown. */
export function encodeCursor(keys: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
}

/**
 * What a page shows of the rows that were read for it, one more than `limit`, and the cursor that leads on: null where no
 * more come. `keysOf` answers the sort keys of a row.
 */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  keysOf: (row: Row) => readonly (string | number | null)[],
): { shown: Row[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { shown, next: last === undefined ? null : encodeCursor(keysOf(last)) }
}

/**
 * Reads a cursor back: null where there is none, which is the first page.
 * Throws bad_request where it is not one that this list made, as judged by `schema`, a tuple of the sort keys.
 */
export function decodeCursor<T extends z.ZodType>(schema: T, cursor: string | undefined): z.infer<T> | null {
  if (cursor === undefined) return null
  const keys = schema.safeParse(parse(cursor))
  if (!keys.success || hasUnstorableText(keys.data)) {
    throw badRequest([
      { field: 'cursor', message: 'This is not a cursor of this list. Begin at the first page.' },
    ])
  }
  return keys.data
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return undefined
  }
}
