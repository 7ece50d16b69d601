import type { AuditAction } from '@keyroster/api/audit.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { actors, audit } from './record.ts'

/**
 * Records what was done on the console of the server to all workspaces at once, in each of them. `detail` gets the
 * name of the account at the operating system, which whoever has the console may have set to anything.
 */
export async function auditFromConsole(
  db: Db,
  action: AuditAction,
  detail: Record<string, unknown>,
): Promise<void> {
  await transaction(db, async (tx) => {
    const workspaces = await tx.selectFrom('workspaces').select('id').orderBy('id').execute()
    for (const { id } of workspaces) {
      await audit(tx, { workspaceId: id, actor: actors.console, action, detail: { ...detail, ...account() } })
    }
  })
}

/** Who is at the console, as far as the environment tells. */
export function account(): { account?: string } {
  const name = process.env.SUDO_USER ?? process.env.USER ?? process.env.USERNAME
  return name === undefined ? {} : { account: name }
}
