import {
  confirm as confirmBody,
  decide as decideBody,
  entryPage,
  entryQuery,
  importPage,
  importRun,
  samples,
  startImport,
} from '@keyroster/api/imports.ts'
import { pageQuery } from '@keyroster/api/page.ts'
import { problem } from '@keyroster/api/problem.ts'
import { sql } from 'kysely'
import { z } from 'zod'
import { audit } from '../audit/record.ts'
import { cutPage, decodeCursor } from '../http/cursor.ts'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { cancel } from './cancel.ts'
import { confirm } from './confirm.ts'
import { decide } from './decide.ts'
import { entriesCsv } from './entries-csv.ts'
import { entriesJsonl } from './entries-jsonl.ts'
import { planOutdated } from './import-problems.ts'
import { listEntries } from './list-entries.ts'
import { readRun, readRuns } from './read-run.ts'
import { runEvents } from './run-events.ts'
import { readSamples } from './samples.ts'
import { start } from './start.ts'

const params = z.object({ id: z.uuid() })
const tags = ['Imports']
/** For spreadsheets, where cells that could run as a formula are defused; and for programs, exactly as it is. */
const downloads = [
  { name: 'csv', type: 'text/csv; charset=utf-8', stream: entriesCsv },
  { name: 'jsonl', type: 'application/jsonl; charset=utf-8', stream: entriesJsonl },
] as const
const cursorKeys = z.tuple([z.iso.datetime({ offset: true }), z.uuid()])

/** Everything about import runs: start, watch, review, decide, confirm, cancel, report. */
export async function importRoutes(app: App, panel: Panel): Promise<void> {
  const { db } = panel.database

  app.post(
    '/api/imports',
    {
      config: { action: 'imports.run' },
      schema: {
        tags,
        summary: 'Start an import run: it reads the directory and makes a plan to review',
        body: startImport,
        response: { 200: importRun, 202: importRun, 409: problem },
      },
    },
    async (request, reply) => {
      const started = await start(db, request.admin, request.body, request)
      if (started) await panel.wake(request.body.id)
      reply.code(started ? 202 : 200)
      return readRun(db, request.admin.workspaceId, request.body.id)
    },
  )

  app.get(
    '/api/imports',
    {
      config: { action: 'imports.read' },
      schema: {
        tags,
        summary: 'List import runs, newest first',
        querystring: pageQuery,
        response: { 200: importPage },
      },
    },
    async (request) => {
      const { workspaceId } = request.admin
      const { cursor, limit } = request.query
      const after = decodeCursor(cursorKeys, cursor)
      const runs = await readRuns(db, workspaceId, limit + 1, after && { at: after[0], id: after[1] })
      const total = await sql<{ total: number }>`
        select count(*)::int as total from import_runs where workspace_id = ${workspaceId}`.execute(db)
      const { shown, next } = cutPage(runs, limit, (run) => [run.createdAt, run.id])
      return { items: shown, total: total.rows[0]!.total, next }
    },
  )

  app.get(
    '/api/imports/:id',
    {
      config: { action: 'imports.read' },
      schema: { tags, summary: 'Read an import run', params, response: { 200: importRun } },
    },
    (request) => readRun(db, request.admin.workspaceId, request.params.id),
  )

  app.get(
    '/api/imports/:id/events',
    {
      config: { action: 'imports.read', stream: true },
      schema: { tags, summary: 'Follow an import run as server-sent events; each data is the run', params },
    },
    async (request, reply) => {
      const { workspaceId } = request.admin
      await readRun(db, workspaceId, request.params.id)
      return reply.sendEvents(runEvents(db, workspaceId, request.params.id))
    },
  )

  app.get(
    '/api/imports/:id/entries',
    {
      config: { action: 'imports.read' },
      schema: {
        tags,
        summary: 'List the people of a run with what is planned for them and what came of it',
        params,
        querystring: entryQuery,
        response: { 200: entryPage },
      },
    },
    async (request) => {
      const run = await readRun(db, request.admin.workspaceId, request.params.id)
      return listEntries(db, run.id, request.query)
    },
  )

  app.get(
    '/api/imports/:id/samples',
    {
      config: { action: 'imports.read' },
      schema: { tags, summary: 'Three people as they would be imported', params, response: { 200: samples } },
    },
    async (request) => {
      const run = await readRun(db, request.admin.workspaceId, request.params.id)
      return { items: await readSamples(db, run.id) }
    },
  )

  for (const kind of ['plan', 'report'] as const)
    for (const { name, type, stream } of downloads)
      app.get(
        `/api/imports/:id/${kind}.${name}`,
        {
          config: { action: 'users.export', stepUp: true, stream: true },
          schema: { tags, summary: `Download the ${kind} as ${name}, one line a person`, params },
        },
        async (request, reply) => {
          const run = await readRun(db, request.admin.workspaceId, request.params.id)
          const day = run.createdAt.slice(0, 10)
          await audit(db, {
            workspaceId: request.admin.workspaceId,
            actor: request.admin,
            action: 'import.exported',
            target: { kind: 'import', id: run.id, name: run.connectionName },
            detail: { kind, format: name },
            request,
          })
          reply.type(type)
          reply.header('content-disposition', `attachment; filename="import-${kind}-${day}.${name}"`)
          return reply.send(stream(db, run.id))
        },
      )

  app.post(
    '/api/imports/:id/decisions',
    {
      config: { action: 'imports.run' },
      schema: {
        tags,
        summary: 'Answer conflicts of a ready run, some or all of one kind alike; the plan changes with it',
        params,
        body: decideBody,
        response: { 200: importRun, 409: problem },
      },
    },
    async (request) => {
      await decide(db, request, request.params.id, request.body)
      return readRun(db, request.admin.workspaceId, request.params.id)
    },
  )

  app.post(
    '/api/imports/:id/confirm',
    {
      config: { action: 'imports.run' },
      schema: {
        tags,
        summary: 'Confirm exactly the plan with this fingerprint; it is applied',
        params,
        body: confirmBody,
        response: { 202: importRun, 409: problem },
      },
    },
    async (request, reply) => {
      const runId = request.params.id
      const confirmed = await confirm(db, request.admin, { runId, ...request.body }, request)
      await panel.wake(runId)
      if (confirmed === 'outdated') throw planOutdated()
      reply.code(202)
      return readRun(db, request.admin.workspaceId, runId)
    },
  )

  app.post(
    '/api/imports/:id/cancel',
    {
      config: { action: 'imports.run' },
      schema: {
        tags,
        summary: 'Cancel a run; what is imported by then stays',
        params,
        body: z.strictObject({}),
        response: { 202: importRun, 409: problem },
      },
    },
    async (request, reply) => {
      const runId = request.params.id
      await cancel(db, request.admin, runId, request)
      await panel.wake(runId)
      reply.code(202)
      return readRun(db, request.admin.workspaceId, runId)
    },
  )
}
