import { sql } from 'kysely'
import type { Tx } from './schema.ts'

/**
 * Lets those who change a workspace go one after the other: until the transaction ends, the next one waits here. A stronger
 * lock would wait for whoever records an event of this workspace, and they for us.
 */
export async function lockWorkspace(tx: Tx, workspaceId: string): Promise<void> {
  await sql`select from workspaces where id = ${workspaceId} for no key update`.execute(tx)
}
