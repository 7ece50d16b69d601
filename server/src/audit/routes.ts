import {
  auditFilter,
  auditHead,
  auditPage,
  auditQuery,
  auditRetention,
  auditTailQuery,
} from '@keyroster/api/audit.ts'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { exportEvents } from './export-events.ts'
import { listEvents, readHead } from './read-events.ts'
import { readRetention, setRetention } from './retention.ts'
import { tailEvents } from './tail.ts'

const tags = ['Audit']

/** Who did what to whom, when, from where: read, followed, exported, and for how long it is kept. */
export async function auditRoutes(app: App, panel: Panel): Promise<void> {
  const { db } = panel.database

  app.get(
    '/api/audit',
    {
      config: { action: 'audit.read' },
      schema: {
        tags,
        summary: 'List audit events, newest first',
        querystring: auditQuery,
        response: { 200: auditPage },
      },
    },
    async (request) => listEvents(db, request.admin.workspaceId, request.query),
  )

  app.get(
    '/api/audit/events',
    {
      config: { action: 'audit.read', stream: true },
      schema: {
        tags,
        summary: 'Follow audit events as server-sent events; each data is an event',
        querystring: auditTailQuery,
      },
    },
    async (request, reply) => {
      const { workspaceId } = request.admin
      const { after, ...filter } = request.query
      const seen =
        lastSeen(request.headers['last-event-id']) ?? after ?? (await readHead(db, workspaceId)).seq
      return reply.sendEvents(tailEvents(db, workspaceId, filter, seen))
    },
  )

  app.get(
    '/api/audit/export',
    {
      config: { action: 'audit.export', stepUp: true, stream: true },
      schema: {
        tags,
        summary: 'Download audit events as JSON lines, oldest first',
        querystring: auditFilter,
      },
    },
    async (request, reply) => {
      reply.type('application/jsonl; charset=utf-8')
      reply.header('content-disposition', 'attachment; filename="keyroster-audit.jsonl"')
      return reply.send(await exportEvents(db, request, request.query))
    },
  )

  app.get(
    '/api/audit/head',
    {
      config: { action: 'audit.read' },
      schema: { tags, summary: 'Read the number and hash of the newest event', response: { 200: auditHead } },
    },
    async (request) => readHead(db, request.admin.workspaceId),
  )

  app.get(
    '/api/audit/retention',
    {
      config: { action: 'settings.read' },
      schema: { tags, summary: 'Read how long audit events are kept', response: { 200: auditRetention } },
    },
    async (request) => readRetention(db, request.admin.workspaceId),
  )

  app.put(
    '/api/audit/retention',
    {
      config: { action: 'settings.edit', stepUp: true },
      schema: {
        tags,
        summary: 'Set how long audit events are kept',
        body: auditRetention,
        response: { 200: auditRetention },
      },
    },
    async (request) => {
      await setRetention(db, request, request.body)
      return readRetention(db, request.admin.workspaceId)
    },
  )
}

/** What a browser sends that opens a stream again: https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header */
function lastSeen(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null
}
