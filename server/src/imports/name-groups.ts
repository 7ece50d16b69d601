import { sql } from 'kysely'
import type { Tx } from '../db/schema.ts'
import type { readGroups } from '../entra/list-groups.ts'
import type { Lease } from './lease.ts'
import type { Source } from './source.ts'

/** What chosen groups are now, by object id, as `readGroups` answers it. */
export type Groups = Awaited<ReturnType<typeof readGroups>>

/** Stores what chosen groups are now, within a fenced write: names change, and a group that is gone or closed is said to be so. */
export async function nameGroups(tx: Tx, { runId }: Lease, sources: Source[], groups: Groups): Promise<void> {
  const rows = sources.map(({ ordinal, objectId }) => {
    const group = groups.get(objectId!) ?? 'gone'
    if (typeof group === 'string') return { ordinal, state: group }
    const { displayName, description, mail, kind, dynamic, hiddenMembership } = group
    return {
      ordinal,
      state: 'pending',
      name: displayName,
      description,
      mail,
      kind,
      dynamic,
      hidden: hiddenMembership,
    }
  })
  await sql`
    update import_sources s
    set state = r.state, name = coalesce(r.name, s.name), description = r.description, mail = r.mail,
      group_kind = r.kind, dynamic = r.dynamic, hidden = coalesce(r.hidden, false)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r
      (ordinal int, state text, name text, description text, mail text, kind text, dynamic boolean, hidden boolean)
    where s.run_id = ${runId} and s.ordinal = r.ordinal`.execute(tx)
}
