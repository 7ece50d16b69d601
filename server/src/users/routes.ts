import { createUser, updateUser, userDetail, userPage, userQuery } from '@keyroster/api/users.ts'
import { z } from 'zod'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { addUser } from './add-user.ts'
import { deleteUser } from './delete-user.ts'
import { editUser } from './edit-user.ts'
import { listUsers } from './list-users.ts'
import { readUser } from './read-user.ts'

const params = z.object({ id: z.uuid() })
const tags = ['Users']

/** The people of the workspace. */
export async function userRoutes(app: App, { database: { db } }: Panel): Promise<void> {
  app.get(
    '/api/users',
    {
      config: { action: 'users.read' },
      schema: { tags, summary: 'List users', querystring: userQuery, response: { 200: userPage } },
    },
    async (request) => listUsers(db, request.admin.workspaceId, request.query),
  )
  app.post(
    '/api/users',
    {
      config: { action: 'users.edit' },
      schema: { tags, summary: 'Add a user by hand', body: createUser, response: { 201: userDetail } },
    },
    async (request, reply) => reply.code(201).send(await addUser(db, request, request.body)),
  )
  app.get(
    '/api/users/:id',
    {
      config: { action: 'users.read' },
      schema: { tags, summary: 'Read a user', params, response: { 200: userDetail } },
    },
    async (request) => readUser(db, request.admin.workspaceId, request.params.id),
  )
  app.patch(
    '/api/users/:id',
    {
      config: { action: 'users.edit' },
      schema: { tags, summary: 'Edit a user', params, body: updateUser, response: { 200: userDetail } },
    },
    async (request) => editUser(db, request, request.params.id, request.body),
  )
  app.delete(
    '/api/users/:id',
    {
      config: { action: 'users.edit' },
      schema: { tags, summary: 'Delete a user', params, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await deleteUser(db, request, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
