import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditFilter } from '@keyroster/api/audit.ts'
import type { Db } from '../db/schema.ts'
import { eventsBetween, readHead } from './read-events.ts'

/** How often the head of the chain is looked at, in milliseconds: any panel on the same database tells of all events. */
const INTERVAL = 1_000

/** Silence after which a comment is sent, in milliseconds, so that proxies keep the stream open. */
const KEEP_ALIVE = 15_000

/**
 * How long a stream lasts, in milliseconds. A browser opens the next one by itself and is asked again who it is, so nobody
 * watches on whose session was ended or whose role was taken.
 */
const LASTS = 60_000

const PAGE = 200

/** The events after number `after` that match, as server-sent events, each as soon as it is there. */
export async function* tailEvents(
  db: Db,
  workspaceId: string,
  filter: AuditFilter,
  after: number,
  closing: AbortSignal,
): AsyncGenerator<string> {
  const end = Date.now() + LASTS
  let lastSent = Date.now()
  let seen = after
  yield ': listening\n\n'
  while (!closing.aborted && Date.now() < end) {
    const { seq } = await readHead(db, workspaceId)
    while (seen < seq) {
      const events = await eventsBetween(db, workspaceId, filter, { after: seen, until: seq, limit: PAGE })
      for (const event of events) yield `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`
      if (events.length > 0) lastSent = Date.now()
      seen = events.length === PAGE ? events.at(-1)!.seq : seq
    }
    if (Date.now() - lastSent > KEEP_ALIVE) {
      yield ': still here\n\n'
      lastSent = Date.now()
    }
    await sleep(INTERVAL, undefined, { signal: closing }).catch(() => {})
  }
}
