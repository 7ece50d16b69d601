import { group, groupPage, groupQuery } from '@keyroster/api/groups.ts'
import { z } from 'zod'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { listGroups, readGroup } from './read-groups.ts'

const tags = ['Groups']

/** The imported groups of the workspace; who is in one: GET /api/users?group=. */
export async function groupRoutes(app: App, { database: { db } }: Panel): Promise<void> {
  app.get(
    '/api/groups',
    {
      config: { action: 'groups.read' },
      schema: { tags, summary: 'List groups', querystring: groupQuery, response: { 200: groupPage } },
    },
    async (request) => listGroups(db, request.admin.workspaceId, request.query),
  )
  app.get(
    '/api/groups/:id',
    {
      config: { action: 'groups.read' },
      schema: { tags, summary: 'Read a group', params: z.object({ id: z.uuid() }), response: { 200: group } },
    },
    async (request) => readGroup(db, request.admin.workspaceId, request.params.id),
  )
}
