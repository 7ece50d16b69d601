import { text } from 'node:stream/consumers'
import { fastify } from 'fastify'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { eventStreams } from './event-stream.ts'
import type { EventStep } from './types.ts'

afterEach(() => void vi.useRealTimers())

/** Asks a route that answers with these steps. */
async function follow(steps: () => AsyncGenerator<EventStep>) {
  const app = fastify()
  eventStreams(app)
  app.get('/', (_request, reply) => reply.sendEvents(steps()))
  const response = await app.inject({ url: '/', payloadAsStream: true })
  return { app, read: text(response.stream()) }
}

describe('a stream of server-sent events', () => {
  it('sends a comment after a silence, so that a proxy keeps it open, and none where something was sent', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { app, read } = await follow(async function* () {
      for (const event of ['one', null, null, 'two', null]) {
        vi.setSystemTime(Date.now() + 8_000)
        yield event === null ? { wait: 1 } : `data: ${event}\n\n`
      }
    })
    expect(await read).toBe('data: one\n\n: still here\n\ndata: two\n\n')
    await app.close()
  })

  it('ends at once when the app closes, however long it would wait', async () => {
    let ended = false
    const { app, read } = await follow(async function* () {
      try {
        yield 'data: one\n\n'
        for (;;) yield { wait: 600_000 }
      } finally {
        ended = true
      }
    })
    await app.close()
    expect([await read, ended]).toEqual(['data: one\n\n', true])
  })
})
