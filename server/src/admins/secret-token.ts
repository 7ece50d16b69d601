import { hash, randomBytes } from 'node:crypto'

/** A new 256-bit token to hand out, and its SHA-256 to keep: the database never holds what would open the door. */
export function newToken(): { token: string; hash: Buffer } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashToken(token) }
}

export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
