import { Readable } from 'node:stream'
import type { AuditFilter } from '@keyroster/api/audit.ts'
import type { FastifyRequest } from 'fastify'
import { keepReach } from '../db/reach.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { printableJson } from '../printable-json.ts'
import { eventsBetween, readHead } from './read-events.ts'
import { audit } from './record.ts'

const PAGE = 500

/**
 * All events that match as JSON lines, oldest first, streamed. That they were exported is an event too, written before the
 * first line is sent; it is the newest that can be among them.
 */
export async function exportEvents(db: Db, request: FastifyRequest, filter: AuditFilter): Promise<Readable> {
  const { admin } = request
  const until = await transaction(db, async (tx) => {
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'audit.exported',
      detail: { filter },
      request,
    })
    return (await readHead(tx, admin.workspaceId)).seq
  })
  return Readable.from(keepReach(lines(db, admin.workspaceId, filter, until)))
}

async function* lines(
  db: Db,
  workspaceId: string,
  filter: AuditFilter,
  until: number,
): AsyncGenerator<string> {
  for (let after = 0; after < until; ) {
    const events = await eventsBetween(db, workspaceId, filter, { after, until, limit: PAGE })
    if (events.length > 0) yield events.map((event) => `${printableJson(JSON.stringify(event))}\n`).join('')
    after = events.length === PAGE ? events.at(-1)!.seq : until
  }
}
