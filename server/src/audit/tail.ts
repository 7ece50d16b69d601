import type { AuditFilter } from '@keyroster/api/audit.ts'
import type { Db } from '../db/schema.ts'
import type { EventStep } from '../http/types.ts'
import { eventsBetween, readHead } from './read-events.ts'

/** How often the head of the chain is looked at, in milliseconds: any panel on the same database tells of all events. */
const INTERVAL = 1_000

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
): AsyncGenerator<EventStep> {
  const end = Date.now() + LASTS
  let seen = after
  yield ': listening\n\n'
  while (Date.now() < end) {
    const { seq } = await readHead(db, workspaceId)
    while (seen < seq) {
      const events = await eventsBetween(db, workspaceId, filter, { after: seen, until: seq, limit: PAGE })
      for (const event of events) yield `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`
      seen = events.length === PAGE ? events.at(-1)!.seq : seq
    }
    yield { wait: INTERVAL }
  }
}
