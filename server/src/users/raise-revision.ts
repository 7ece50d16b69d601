import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'

/**
 * Says that users of the workspace change in this transaction, so that a plan made before it is known to be outdated.
 *
 * The row stays locked until the transaction ends: writers of one workspace's users go one after the other, which is
 * what makes "no two people by one email" hold. Call it before looking at the users to be changed.
 */
export async function raiseRevision(tx: Db, workspaceId: string): Promise<void> {
  await sql`update workspaces set revision = revision + 1 where id = ${workspaceId}`.execute(tx)
}
