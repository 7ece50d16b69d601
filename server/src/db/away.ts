import { DatabaseError } from 'pg'

/**
 * Connection lost (08), no room or no more connections (53), shut down or starting (57P), its files not to be read or written
 * (58), read-only (25006), ended because the transaction was left alone too long (25P03): https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const passing = /^(08|53|57P|58|25006$|25P03$)/

/** What the system says of a socket at which nobody listens any more, or not yet. */
const socketCodes = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']

/** pg has no code for a connection that broke; these are its words. */
const broken = /^(Connection terminated|Client (has encountered a connection error|was closed))/

/** The disk of the database is nearly full, and what is left of it is needed to stay alive. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom'
  override readonly message = 'The disk of the database is nearly full.'
}

/**
 * Whether an error says that the database is in no state to be asked, whatever one asks: gone, restarting, full or
 * read-only. That passes without anybody doing something about the question.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof NoRoom) return true
  const code = 'code' in error ? String(error.code) : ''
  if (error instanceof DatabaseError) return passing.test(code)
  return broken.test(error.message) || ('syscall' in error && socketCodes.includes(code))
}
