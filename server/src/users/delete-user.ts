import type { FastifyRequest } from 'fastify'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { ProblemError } from '../problem.ts'
import { raiseRevision } from './raise-revision.ts'
import { findUser } from './read-user.ts'

/** Deletes a user for good. Throws not_found, and managed_by_directory while a connection would import them again. */
export async function deleteUser(db: Db, request: FastifyRequest, id: string): Promise<void> {
  const { admin } = request
  await transaction(db, async (tx) => {
    await raiseRevision(tx, admin.workspaceId)
    const user = await findUser(tx, admin.workspaceId, id)
    if (user.connection_id !== null) {
      throw new ProblemError(
        'managed_by_directory',
        `${user.display_name} comes from Microsoft Entra ID: the next import would bring them back. Suspend them instead.`,
      )
    }
    await tx.deleteFrom('users').where('workspace_id', '=', admin.workspaceId).where('id', '=', id).execute()
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'user.deleted',
      target: { kind: 'user', id, name: user.display_name },
      detail: { email: user.email },
      request,
    })
  })
}
