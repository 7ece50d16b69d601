import type { AuditRetention } from '@keyroster/api/audit.ts'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { panelWide } from '../db/reach.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { Panel } from '../panel.ts'
import { audit } from './record.ts'

/** How often events that are too old are looked for, in milliseconds. */
const INTERVAL = 3_600_000

/** Events removed in one transaction: while it lasts, every deed of the workspace waits to be recorded. */
const BATCH = 5_000

/** For how many days a workspace keeps its events. */
export async function readRetention(db: Db, workspaceId: string): Promise<AuditRetention> {
  const { audit_retention_days: days } = await db
    .selectFrom('workspaces')
    .select('audit_retention_days')
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  return { days }
}

/** Sets for how many days events are kept; the next purge goes by it. */
export async function setRetention(db: Db, request: FastifyRequest, { days }: AuditRetention): Promise<void> {
  const { admin } = request
  await transaction(db, async (tx) => {
    const before = await readRetention(tx, admin.workspaceId)
    if (before.days === days) return
    await tx
      .updateTable('workspaces')
      .set({ audit_retention_days: days })
      .where('id', '=', admin.workspaceId)
      .execute()
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'audit.retention-changed',
      detail: { before: before.days, after: days },
      request,
    })
  })
}

/** Removes all events that are older than their workspace keeps them, and records that; answers how many they were. */
export async function purgeEvents(db: Db, stopping?: AbortSignal): Promise<number> {
  const keeping = await db
    .selectFrom('workspaces')
    .select('id')
    .where('audit_retention_days', 'is not', null)
    .execute()
  let all = 0
  for (const { id } of keeping) {
    for (let removed = BATCH; removed === BATCH && !stopping?.aborted; all += removed) {
      const batch = await sql<{
        removed: number
      }>`select purge_audit_events(${id}, ${BATCH}) as removed`.execute(db)
      removed = batch.rows[0]!.removed
    }
  }
  return all
}

/** Purges now and every hour until `close`; several panels on one database do not disturb each other. */
export function startPurging({ database, log }: Panel): { close(): Promise<void> } {
  const stopping = new AbortController()
  const purge = () =>
    panelWide(() => purgeEvents(database.db, stopping.signal)).then(
      (removed) => removed > 0 && log.info({ removed }, 'removed old audit events'),
      (error) => log.warn({ err: error }, 'removing old audit events'),
    )
  let purging = purge()
  const timer = setInterval(() => {
    purging = purge()
  }, INTERVAL)
  return {
    close: async () => {
      clearInterval(timer)
      stopping.abort()
      await purging
    },
  }
}
