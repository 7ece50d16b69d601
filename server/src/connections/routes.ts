import {
  checkResult,
  connection,
  connectionSetup,
  createConnection,
  directoryCounts,
  directoryGroups,
  grantAnswer,
  grantRequest,
  updateConnection,
} from '@keyroster/api/connections.ts'
import { pageOf, pageQuery } from '@keyroster/api/page.ts'
import { z } from 'zod'
import { redirectUri } from '../entra/sign-in.ts'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { checkConnection } from './check-connection.ts'
import { addConnection } from './create-connection.ts'
import { deleteConnection } from './delete-connection.ts'
import { editConnection } from './edit-connection.ts'
import { beginGrant } from './grant-access.ts'
import { permissions } from './permissions.ts'
import { listConnections, readCertificate, readConnection } from './read-connections.ts'
import { countDirectory, findGroups } from './read-directory.ts'

const params = z.object({ id: z.uuid() })
const tags = ['Connections']

/** The links to Entra tenants: their set-up, their health, and what can be chosen in them. */
export async function connectionRoutes(app: App, panel: Panel): Promise<void> {
  const { db } = panel.database
  app.get(
    '/api/connections/setup',
    {
      config: { action: 'connections.edit' },
      schema: { tags, summary: 'What the connect form needs', response: { 200: connectionSetup } },
    },
    async () => ({ redirectUri: redirectUri(panel.config.baseUrl), permissions, demo: panel.config.demo }),
  )
  app.get(
    '/api/connections',
    {
      config: { action: 'connections.read' },
      schema: {
        tags,
        summary: 'List connections',
        querystring: pageQuery,
        response: { 200: pageOf(connection) },
      },
    },
    async (request) => listConnections(db, request.admin.workspaceId, request.query),
  )
  app.post(
    '/api/connections',
    {
      config: { action: 'connections.edit', stepUp: true },
      schema: { tags, summary: 'Add a connection', body: createConnection, response: { 201: connection } },
    },
    async (request, reply) => reply.code(201).send(await addConnection(panel, request, request.body)),
  )
  app.get(
    '/api/connections/:id',
    {
      config: { action: 'connections.read' },
      schema: { tags, summary: 'Read a connection', params, response: { 200: connection } },
    },
    async (request) => readConnection(db, request.admin.workspaceId, request.params.id),
  )
  app.patch(
    '/api/connections/:id',
    {
      config: { action: 'connections.edit', stepUp: true },
      schema: {
        tags,
        summary: 'Rename a connection, or replace its app or credential',
        params,
        body: updateConnection,
        response: { 200: connection },
      },
    },
    async (request) => editConnection(panel, request, request.params.id, request.body),
  )
  app.delete(
    '/api/connections/:id',
    {
      config: { action: 'connections.edit', stepUp: true },
      schema: { tags, summary: 'Delete a connection', params, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await deleteConnection(db, request, request.params.id)
      return reply.code(204).send(null)
    },
  )
  app.get(
    '/api/connections/:id/certificate',
    {
      config: { action: 'connections.edit' },
      schema: { tags, summary: 'Download the public certificate', params },
    },
    async (request, reply) => {
      const pem = await readCertificate(db, request.admin.workspaceId, request.params.id)
      return reply
        .type('application/x-x509-ca-cert')
        .header('content-disposition', 'attachment; filename="keyroster.cer"')
        .send(pem)
    },
  )
  app.post(
    '/api/connections/:id/grant',
    {
      config: { action: 'connections.edit', stepUp: true },
      schema: {
        tags,
        summary: 'Begin granting access at Microsoft',
        params,
        body: grantRequest,
        response: { 200: grantAnswer },
      },
    },
    async (request) => ({
      url: await beginGrant(panel, request, request.params.id, request.body.returnTo),
    }),
  )
  app.post(
    '/api/connections/:id/check',
    {
      config: { action: 'connections.edit' },
      schema: {
        tags,
        summary: 'Check what works',
        params,
        body: z.strictObject({}).nullish(),
        response: { 200: checkResult },
      },
    },
    async (request) => checkConnection(panel, request, request.params.id),
  )
  app.get(
    '/api/connections/:id/groups',
    {
      config: { action: 'imports.run' },
      schema: {
        tags,
        summary: 'Search the groups of the tenant',
        params,
        querystring: z.object({ search: z.string().trim().max(200).default('') }),
        response: { 200: directoryGroups },
      },
    },
    async (request) =>
      findGroups(panel, request.admin.workspaceId, request.params.id, request.query.search, request.signal),
  )
  app.get(
    '/api/connections/:id/counts',
    {
      config: { action: 'imports.run' },
      schema: {
        tags,
        summary: 'Count people and groups of the tenant',
        params,
        response: { 200: directoryCounts },
      },
    },
    async (request) => countDirectory(panel, request.admin.workspaceId, request.params.id, request.signal),
  )
}
