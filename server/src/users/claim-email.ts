import type { Db } from '../db/schema.ts'
import { badRequest, emailAlreadyUsed } from '../problem.ts'
import { foldEmail } from './fold.ts'

/**
 * Folds an email that a user of the workspace is to have by hand. Throws email_already_used where somebody else has it,
 * bad_request where it is one that cannot be compared. Call it after raiseRevision, so that nobody takes it meanwhile.
 */
export async function claimEmail(
  tx: Db,
  workspaceId: string,
  email: string,
  userId: string | null,
): Promise<string> {
  const folded = foldEmail(email)
  if (folded === null) {
    throw badRequest([{ field: 'email', message: 'Enter an email address, such as adele@contoso.com.' }])
  }
  const holder = await tx
    .selectFrom('users')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('email_folded', '=', folded)
    .$if(userId !== null, (query) => query.where('id', '<>', userId))
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  if (holder !== undefined) throw emailAlreadyUsed(email, `/users/${holder.id}`)
  return folded
}
