import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { Graph, GraphOptions } from '../entra/graph-client.ts'
import { sampleHidden } from '../entra/sample-hidden.ts'
import { fenced, type Lease } from './lease.ts'
import { membershipsMissing } from './plan.ts'

/**
 * Asks, of each chosen group that somebody seems to have left, whether Microsoft showed everybody inside: who is in it only by
 * a group inside that hides its members is missing too. It did where somebody of each such group was read. Nobody leaves a group that
 * was not asked about; groups that all their people are still in cost no request.
 */
export async function proveAbsences(
  db: Db,
  lease: Lease,
  graph: Graph,
  options: GraphOptions,
): Promise<void> {
  const left = await sql<{ ordinal: number; objectId: string }>`
    select s.ordinal, s.object_id as "objectId" from import_sources s
    where s.run_id = ${lease.runId} and s.nested_hidden is null
      and s.ordinal in (select ordinal from (${membershipsMissing(lease.runId)}) m)`.execute(db)
  if (left.rows.length === 0) return
  const samples = await sampleHidden(
    graph,
    left.rows.map(({ objectId }) => objectId),
    options,
  )
  const asked = left.rows.map(({ ordinal, objectId }) => ({ ordinal, people: samples.get(objectId) ?? null }))
  await fenced(db, lease, 'scanning', (tx) =>
    sql`
      update import_sources s set nested_hidden = r.people is null or exists (
        select from unnest(r.people) person where not exists (
          select from import_memberships m where (m.run_id, m.ordinal, m.object_id) = (s.run_id, s.ordinal, person)))
      from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as r (ordinal int, people uuid[])
      where s.run_id = ${lease.runId} and s.ordinal = r.ordinal`.execute(tx),
  )
}
