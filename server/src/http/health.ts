import { z } from 'zod'
import type { Panel } from '../panel.ts'
import type { App } from './types.ts'

/** /healthz says that the process answers; /readyz says that its database does too. */
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
    { config: { public: true }, schema: { ...schema, summary: 'Does the database answer?' } },
    async (request, reply) => {
      try {
        await database.pool.query('select 1')
        return { status: 'ok' as const }
      } catch (error) {
        request.log.warn({ err: error }, 'the database does not answer')
        return reply.code(503).send({ status: 'unready' })
      }
    },
  )
}
