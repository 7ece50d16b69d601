import type { Selectable } from 'kysely'
import { lockWorkspace } from '../db/lock-workspace.ts'
import type { Schema, Tx } from '../db/schema.ts'

export type AdminRow = Selectable<Schema['admins']>

/**
 * All who may or might sign in to a workspace. Whoever changes who that is waits here for the others, so that two owners
 * who demote each other at once do not each count on the other, and no email is taken twice.
 */
export async function lockAdmins(tx: Tx, workspaceId: string): Promise<AdminRow[]> {
  await lockWorkspace(tx, workspaceId)
  return tx.selectFrom('admins').selectAll().where('workspace_id', '=', workspaceId).orderBy('id').execute()
}
