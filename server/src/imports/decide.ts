import type { ConflictKind, Decide, Decision, Mode } from '@keyroster/api/imports.ts'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { audit } from '../audit/record.ts'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { badRequest, notFound } from '../problem.ts'
import { choicesFor } from './choices.ts'
import { notReady } from './import-problems.ts'
import { planConflicts } from './plan.ts'

interface Asked {
  object_id: string
  conflict: ConflictKind | null
  has_candidate: boolean
}

/** Stores the answer to some conflicts of a ready run and plans them again. Throws not_found, import_not_ready, bad_request. */
export async function decide(db: Db, request: FastifyRequest, runId: string, wish: Decide): Promise<void> {
  const { admin } = request
  await transaction(db, async (tx) => {
    const mode = await lockReadyRun(tx, admin.workspaceId, runId)
    const asked = await conflictsAbout(tx, runId, wish.about)
    refuseWrongAnswers(asked, mode, wish)
    await sql`
      update import_entries set decision = ${wish.decision}
      where run_id = ${runId} and object_id = any(${asked.map((entry) => entry.object_id)}::uuid[])`.execute(
      tx,
    )
    if (wish.decision === 'link') await takeBackRivals(tx, runId, asked[0]!.object_id)
    await planConflicts(tx, runId)
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'import.decided',
      target: { kind: 'import', id: runId },
      detail: { decision: wish.decision, people: asked.length },
      request,
    })
  })
}

async function lockReadyRun(tx: Tx, workspaceId: string, runId: string): Promise<Mode> {
  const run = await sql<{ state: string; mode: Mode }>`
    select state, mode from import_runs where id = ${runId} and workspace_id = ${workspaceId} for update`.execute(
    tx,
  )
  if (!run.rows[0]) throw notFound('import')
  if (run.rows[0].state !== 'ready') throw notReady()
  return run.rows[0].mode
}

async function conflictsAbout(tx: Tx, runId: string, about: Decide['about']): Promise<Asked[]> {
  const which =
    'conflict' in about
      ? sql`e.conflict = ${about.conflict}`
      : sql`e.object_id::text = any(${about.objectIds.map((id) => id.toLowerCase())}::text[])`
  const found = await sql<Asked>`
    select e.object_id, e.conflict, coalesce(u.object_id is null, false) and u.id is not null as has_candidate
    from import_entries e left join users u on u.id = e.user_id
    where e.run_id = ${runId} and ${which}`.execute(tx)
  if ('objectIds' in about && found.rows.length < new Set(about.objectIds).size)
    throw notFound('person in this import')
  return found.rows
}

/** Every answer must be one of the entry's choices; who is somebody already here is said one by one. */
function refuseWrongAnswers(asked: Asked[], mode: Mode, { about, decision }: Decide): void {
  const refuse = (message: string) => badRequest([{ field: 'decision', message }])
  if (asked.length === 0) throw refuse('There is no such conflict in this import.')
  const allowed = (answer: Decision) =>
    asked.every((entry) =>
      choicesFor({ conflict: entry.conflict, mode, hasCandidate: entry.has_candidate }).includes(answer),
    )
  if (decision === null) {
    if (asked.some((entry) => entry.conflict === null)) throw refuse('Choose people who are in conflict.')
  } else if (!allowed(decision)) throw refuse('This answer is not possible for everybody chosen.')
  const several = 'conflict' in about || asked.length > 1
  if (decision === 'link' && several && asked.some((entry) => entry.conflict === 'email-shared'))
    throw refuse('Several directory users have one email. Choose the one who is that person.')
}

/** Only one directory user can be that person: the others with the same email have to be asked about again. */
async function takeBackRivals(tx: Tx, runId: string, objectId: string): Promise<void> {
  await sql`
    update import_entries rival set decision = null
    from import_entries chosen
    where chosen.run_id = ${runId} and chosen.object_id = ${objectId} and chosen.conflict = 'email-shared'
      and rival.run_id = ${runId} and rival.email_folded = chosen.email_folded and rival.object_id <> chosen.object_id
      and rival.decision = 'link'`.execute(tx)
}
