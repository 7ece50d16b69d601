import { createHash, randomBytes } from 'node:crypto'
import { expiredPageToken } from '../errors.ts'
import type { QueryOptions } from './options.ts'

/** Recorded tokens start so. */
const MAGIC = 'DSpt'
const PAGE_OPTIONS = new Set(['$skiptoken', '$top'])

/**
 * Makes a token that says after which position a list goes on. It holds to one query and has a time of making,
 * from which its life is counted; like the real ones it is a row of length-prefixed texts in base64url.
 */
export function makeSkiptoken(position: string, query: string, now: Date): string {
  const texts = [`:${position}`, query, String(now.getTime()), randomBytes(6).toString('hex')]
  const parts = texts.map((text) => {
    const bytes = Buffer.from(text)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(bytes.length)
    return Buffer.concat([length, bytes])
  })
  return Buffer.concat([Buffer.from(MAGIC), ...parts]).toString('base64url')
}

/** The position in a token. Throws 400 for one that is too old, of another query, or made up. */
export function readSkiptoken(token: string, query: string, now: Date, lifeSeconds: number): string {
  const [position = '', madeFor, madeAt] = texts(Buffer.from(token, 'base64url'))
  const age = now.getTime() - Number(madeAt)
  if (!position.startsWith(':') || madeFor !== query || !(age <= lifeSeconds * 1000)) throw expiredPageToken()
  return position.slice(1)
}

/** What a token holds to: the path and all options but those of the page itself. */
export function queryFingerprint(path: string, options: QueryOptions): string {
  const lasting = options.entries.filter(([name]) => !PAGE_OPTIONS.has(name))
  return createHash('sha256')
    .update(JSON.stringify([path, lasting]))
    .digest('base64url')
    .slice(0, 22)
}

function texts(bytes: Buffer): string[] {
  if (bytes.subarray(0, MAGIC.length).toString() !== MAGIC) return []
  const found: string[] = []
  for (let at = MAGIC.length; at + 2 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at)
    found.push(bytes.subarray(at + 2, at + 2 + length).toString())
    at += 2 + length
  }
  return found
}
