import { sql } from 'kysely'
import type { Tx } from '../db/schema.ts'

/**
 * Whether so many people would be suspended that the reviewer must say so: more than three and a tenth of those linked
 * to this tenant, or more than 500.
 */
const tooManySuspensions = (suspended: number, linked: number): boolean =>
  suspended > 500 || suspended > Math.max(3, linked / 10)

/** Judges the plan of a run against the people its workspace holds from that tenant. */
export async function overSafeguard(tx: Tx, runId: string): Promise<boolean> {
  const counts = await sql<{ suspended: number; linked: number }>`
    select coalesce((r.plan_counts ->> 'suspend')::int, 0) as suspended,
      case when coalesce((r.plan_counts ->> 'suspend')::int, 0) = 0 then 0 else (
        select count(*)::int from users u where u.workspace_id = r.workspace_id and u.tenant_id = r.tenant_id
      ) end as linked
    from import_runs r where r.id = ${runId}`.execute(tx)
  const { suspended, linked } = counts.rows[0]!
  return tooManySuspensions(suspended, linked)
}
