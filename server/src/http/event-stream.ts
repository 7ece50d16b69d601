import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { keepReach } from '../db/reach.ts'
import type { App, EventStep } from './types.ts'

/** Silence after which a comment is sent, in milliseconds, so that proxies keep the stream open. */
const KEEP_ALIVE = 15_000

/** Lets every route answer with `reply.sendEvents`: server-sent events, until there are no more or the app closes. */
export function eventStreams(app: App): void {
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())
  app.decorateReply('sendEvents', function (this: FastifyReply, steps) {
    this.type('text/event-stream').header('cache-control', 'no-store').header('x-accel-buffering', 'no')
    return this.send(Readable.from(keepReach(paced(steps, closing.signal))))
  })
}

async function* paced(steps: AsyncIterable<EventStep>, closing: AbortSignal): AsyncGenerator<string> {
  let lastSent = Date.now()
  for await (const step of steps) {
    if (typeof step === 'string') {
      yield step
      lastSent = Date.now()
      continue
    }
    if (Date.now() - lastSent > KEEP_ALIVE) {
      yield ': still here\n\n'
      lastSent = Date.now()
    }
    await sleep(step.wait, undefined, { signal: closing }).catch(() => {})
    if (closing.aborted) return
  }
}
