import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'

/**
 * The id of the first owner who can sign in; on an empty database the workspace and its operator are made, once however many ask.
 */
export async function ensureOperator(db: Db): Promise<string> {
  return transaction(db, async (tx) => {
    await sql`lock table workspaces in share row exclusive mode`.execute(tx)
    const first = await sql<{ id: string }>`
      select id from admins order by role = 'owner' and disabled_at is null desc, id limit 1`.execute(tx)
    if (first.rows[0] !== undefined) return first.rows[0].id
    const made = await sql<{ id: string }>`
      with workspace as (insert into workspaces (name) values ('Keyroster') returning id)
      insert into admins (workspace_id, name, role) select id, 'Operator', 'owner' from workspace returning id`.execute(
      tx,
    )
    return made.rows[0]!.id
  })
}
