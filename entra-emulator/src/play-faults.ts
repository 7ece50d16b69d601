import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FaultEffect, FaultList } from './faults.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the fault scripts have in store for this request; Graph lists read the page effects from it. */
    faultEffects: FaultEffect[]
  }
}

/** A whole answer that stands in for the real one. */
interface FaultAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

const WEB_PAGE = '<!DOCTYPE html><html><head><title>Service unavailable</title></head><body></body></html>'

/** Lets the fault scripts strike every request of this app but the inspector's own. */
export function playFaults(app: FastifyInstance, faults: FaultList): void {
  app.decorateRequest('faultEffects', undefined as unknown as FaultEffect[])
  app.addHook('onRequest', async (request, reply) => {
    request.faultEffects = []
    const [path = '', query = ''] = request.url.split(/\?(.*)/s)
    if (path.startsWith('/_emulator')) return
    request.faultEffects = faults.strike({ method: request.method, path, query })
    await strike(request, reply)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (!(typeof payload === 'string' || Buffer.isBuffer(payload))) return payload
    return (request.faultEffects ?? []).reduce<Body>(
      (body, effect) => (Buffer.isBuffer(body) ? spoilBody(effect, reply, body) : body),
      Buffer.from(payload),
    )
  })
}

type Body = Buffer | Readable

/** What an effect makes of a body that was ready to be sent. */
function spoilBody(effect: FaultEffect, reply: FastifyReply, body: Buffer): Body {
  switch (effect.kind) {
    case 'truncate':
      reply.removeHeader('content-length')
      return brokenHalf(body)
    case 'dripping-body':
      reply.removeHeader('content-length')
      return dripping(body, effect.everyMs)
    case 'content-type':
      reply.header('content-type', effect.value)
      return body
    case 'cut-json': {
      const text = reply.getHeader('content-encoding') === 'gzip' ? gunzipSync(body) : body
      reply.removeHeader('content-encoding').removeHeader('content-length')
      return text.subarray(0, Math.floor(text.length / 2))
    }
    case 'broken-gzip':
      reply.header('content-encoding', 'gzip').removeHeader('content-length')
      return Buffer.from(body.map((byte, at) => (at < 10 ? byte : byte ^ 0xff)))
    default:
      return body
  }
}

async function strike(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  await waitForDelays(request.faultEffects)
  if (request.faultEffects.some(({ kind }) => kind === 'reset')) {
    reply.hijack()
    request.raw.socket.destroy()
    return
  }
  const answer = faultAnswer(request.faultEffects, request.url)
  if (answer) await reply.code(answer.status).headers(answer.headers).send(answer.body)
}

/** Waits as long as the delays among the effects say. */
export async function waitForDelays(effects: readonly FaultEffect[]): Promise<void> {
  for (const effect of effects) if (effect.kind === 'delay') await wait(effect.ms)
}

/** The answer that the first of the effects that makes one puts in the place of the real answer. */
export function faultAnswer(effects: readonly FaultEffect[], url: string): FaultAnswer | undefined {
  const effect = effects.find(({ kind }) => kind === 'status' || kind === 'html' || kind === 'empty')
  switch (effect?.kind) {
    case 'status':
      return {
        status: effect.status,
        headers: {
          'content-type': 'application/json',
          ...(effect.retryAfter !== undefined && { 'retry-after': String(effect.retryAfter) }),
        },
        body: JSON.stringify(effect.body ?? errorBody(effect, url)),
      }
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: WEB_PAGE }
    case 'empty':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '' }
    default:
      return undefined
  }
}

function errorBody(effect: FaultEffect & { kind: 'status' }, url: string): unknown {
  // Graph answers UnknownError with an empty message: microsoftgraph/microsoft-graph-docs#1000.
  const { code = effect.status === 429 ? 'TooManyRequests' : 'UnknownError', message = '' } = effect
  return url.startsWith('/v1.0/')
    ? { error: { code, message, innerError: {} } }
    : { error: code, error_description: message }
}

/** The first half of the body, and then the connection breaks. */
function brokenHalf(body: Buffer): Readable {
  const half = body.subarray(0, Math.floor(body.length / 2))
  return Readable.from(
    (async function* () {
      yield half
      // The half must have left before the break, or the client sees no answer at all.
      await wait(20)
      throw new Error('broken off by a fault')
    })(),
    { objectMode: false },
  )
}

function dripping(body: Buffer, everyMs: number): Readable {
  return Readable.from(
    (async function* () {
      for (const byte of body) {
        yield Buffer.of(byte)
        await wait(everyMs)
      }
    })(),
    { objectMode: false },
  )
}
