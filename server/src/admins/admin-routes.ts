import { admin, adminList, sessionList, updateAdmin } from '@keyroster/api/admins.ts'
import { problem } from '@keyroster/api/problem.ts'
import { z } from 'zod'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { editAdmin } from './edit-admin.ts'
import { listAdmins, readAdmin } from './list-admins.ts'
import { endSessionOf, listSessions } from './session-list.ts'

const tags = ['Admins']
const params = z.object({ id: z.uuid() })

/** Who may sign in, as what, and where they are signed in. */
export async function adminRoutes(app: App, { database: { db } }: Panel): Promise<void> {
  app.get(
    '/api/admins',
    {
      config: { action: 'admins.read' },
      schema: { tags, summary: 'List everybody who may sign in, by name', response: { 200: adminList } },
    },
    async (request) => ({ items: await listAdmins(db, request.admin) }),
  )
  app.get(
    '/api/admins/:id',
    {
      config: { action: 'admins.read' },
      schema: { tags, summary: 'Read an admin', params, response: { 200: admin } },
    },
    async (request) => readAdmin(db, request.admin, request.params.id),
  )
  app.patch(
    '/api/admins/:id',
    {
      config: { action: 'admins.edit', stepUp: true },
      schema: {
        tags,
        summary: 'Rename an admin, change their role, disable or enable them',
        params,
        body: updateAdmin,
        response: { 200: admin, 409: problem },
      },
    },
    async (request) => {
      await editAdmin(db, request, request.params.id, request.body)
      return readAdmin(db, request.admin, request.params.id)
    },
  )
  app.get(
    '/api/admins/:id/sessions',
    {
      config: { action: 'sessions.end-any' },
      schema: { tags, summary: 'Where an admin is signed in', params, response: { 200: sessionList } },
    },
    async (request) => {
      const { id } = await readAdmin(db, request.admin, request.params.id)
      return { items: await listSessions(db, request.admin, id) }
    },
  )
  app.delete(
    '/api/admins/:id/sessions/:sessionId',
    {
      config: { action: 'sessions.end-any' },
      schema: {
        tags,
        summary: 'End a session of an admin',
        params: params.extend({ sessionId: z.uuid() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await endSessionOf(db, request, request.params.id, request.params.sessionId)
      return reply.code(204).send(null)
    },
  )
}
