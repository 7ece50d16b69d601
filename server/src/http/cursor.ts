import type { z } from 'zod'
import { badRequest } from '../problem.ts'
import { hasUnstorableText } from './unstorable-text.ts'

/** Makes the opaque cursor of a list from the sort keys of the last row shown. */
export function encodeCursor(keys: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url')
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
