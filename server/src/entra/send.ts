import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Agent, request } from 'undici'
import { unreachable } from './unreachable.ts'

export interface GraphCall {
  method: 'GET' | 'POST'
  url: URL
  headers: Record<string, string>
  body?: string
}

/** What came back, whole: nothing of a broken answer is ever looked at. */
export interface GraphAnswer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  text: string
}

const LARGEST_BODY = 32 * 1024 * 1024
const LONGEST_CALL = 120_000
const SHORTEST_LIMIT = 2_000

const agent = new Agent({ connect: { timeout: 10_000 }, headersTimeout: 60_000, bodyTimeout: 30_000 })

/**
 * Sends one request and reads the whole answer, which may take two minutes, less where the caller has less `patience`, in
 * milliseconds. Redirects are not followed, so that the token stays where it was sent. Throws GraphError
 * `microsoft_unreachable` for anything short of a whole answer, or the signal's reason.
 */
export async function send(
  call: GraphCall,
  { signal, patience = LONGEST_CALL }: { signal?: AbortSignal; patience?: number },
): Promise<GraphAnswer> {
  const limit = Math.min(LONGEST_CALL, Math.max(SHORTEST_LIMIT, patience))
  const ends = AbortSignal.any([AbortSignal.timeout(limit), ...(signal ? [signal] : [])])
  try {
    const answer = await request(call.url, {
      method: call.method,
      headers: { ...call.headers, 'accept-encoding': 'gzip' },
      body: call.body,
      dispatcher: agent,
      signal: ends,
    })
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    )
    const steps = headers['content-encoding'] === 'gzip' ? [createGunzip()] : []
    const parts: Buffer[] = []
    await pipeline([answer.body, ...steps, collectInto(parts)], { signal: ends })
    return { status: answer.statusCode, headers, text: Buffer.concat(parts).toString('utf8') }
  } catch (cause) {
    signal?.throwIfAborted()
    throw unreachable('Microsoft Graph', cause)
  }
}

function collectInto(parts: Buffer[]): Writable {
  let size = 0
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      size += chunk.length
      parts.push(chunk)
      done(size > LARGEST_BODY ? new Error(`The answer is larger than ${LARGEST_BODY} bytes.`) : null)
    },
  })
}
