import type { FastifyRequest } from 'fastify'
import { badRequest } from '../problem.ts'

/**
 * Whether any text in a JSON value holds what PostgreSQL cannot keep: NUL, which it refuses, or half a surrogate pair,
 * which would silently become another character. Walks without recursion, so that depth costs no stack.
 */
export function hasUnstorableText(value: unknown): boolean {
  const pending: unknown[] = [value]
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next === 'string' && (next.includes('\0') || !next.isWellFormed())) return true
    if (typeof next !== 'object' || next === null) continue
    for (const [key, inner] of Object.entries(next)) pending.push(key, inner)
  }
  return false
}

/** A preValidation hook: such text never reaches a route. */
export async function refuseUnstorableText(request: FastifyRequest): Promise<void> {
  for (const [part, value] of [
    ['body', request.body],
    ['query', request.query],
  ] as const) {
    if (hasUnstorableText(value)) {
      throw badRequest([{ field: part, message: 'Remove the characters that are not text, such as NUL.' }])
    }
  }
}
