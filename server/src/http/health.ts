import { sql } from 'kysely'
import { z } from 'zod'
import type { Database } from '../db/open.ts'
import { panelWide } from '../db/reach.ts'
import type { Panel } from '../panel.ts'
import type { App } from './types.ts'

/** /healthz says that the process answers; /readyz says that its database does too, and can be written. */
export async function healthRoutes(app: App, { database }: Panel): Promise<void> {
  const schema = {
    tags: ['Health'],
    response: { 200: z.object({ status: z.literal('ok') }), 503: z.object({ status: z.literal('unready') }) },
  }
  app.get(
    '/healthz',
    { config: { public: true }, schema: { ...schema, summary: 'Is the process up?' } },
    async () => ({ status: 'ok' as const }),
  )
  app.get(
    '/readyz',
    {
      config: { public: true },
      schema: { ...schema, summary: 'Does the database answer, and can it be written?' },
    },
    async (request, reply) => {
      try {
        if (await canWrite(database)) return { status: 'ok' as const }
        request.log.warn('the database has no room, or an import waits for it')
        return reply.code(503).send({ status: 'unready' })
      } catch (error) {
        request.log.warn({ err: error }, 'the database does not answer')
        return reply.code(503).send({ status: 'unready' })
      }
    },
  )
}

/** What an import met tells more than any probe: a read-only or full database still answers questions. */
async function canWrite({ db, hasRoom }: Database): Promise<boolean> {
  const waiting = await panelWide(() =>
    sql`select from import_runs where waiting_reason = 'database' limit 1`.execute(db),
  )
  return waiting.rows.length === 0 && (await hasRoom())
}
