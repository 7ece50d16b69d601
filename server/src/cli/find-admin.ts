import type { Role } from '@keyroster/api/roles.ts'
import { ensureOperator } from '../admins/operator.ts'
import type { Db } from '../db/schema.ts'
import { StartRefusal } from '../start-refusal.ts'
import { foldEmail } from '../users/fold.ts'
import { printable } from './printable.ts'

/** The admin with this email, or the first owner. Throws StartRefusal where there is none, or they are disabled. */
export async function findAdmin(
  db: Db,
  email?: string,
): Promise<{ id: string; name: string; workspaceId: string; role: Role }> {
  const operator = await ensureOperator(db)
  const admin = await db
    .selectFrom('admins')
    .select(['id', 'name', 'role', 'workspace_id as workspaceId', 'disabled_at'])
    .where((eb) =>
      email === undefined ? eb('id', '=', operator) : eb('email_folded', '=', foldEmail(email)),
    )
    .executeTakeFirst()
  if (admin === undefined) throw new StartRefusal(`No admin has the email ${email}.`)
  if (admin.disabled_at) {
    throw new StartRefusal(`${printable(admin.name)} is disabled. Name another admin with --admin EMAIL.`)
  }
  return admin
}
