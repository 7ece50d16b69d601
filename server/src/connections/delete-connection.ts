import type { FastifyRequest } from 'fastify'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { ProblemError } from '../problem.ts'
import { readConnection } from './read-connections.ts'

/**
 * Deletes a connection with its credential; the people it brought stay. Throws ProblemError `not_found`, and
 * `connection_in_use` while an import of it is not finished.
 */
export async function deleteConnection(db: Db, request: FastifyRequest, id: string): Promise<void> {
  const { admin } = request
  await transaction(db, async (tx) => {
    // A run that is being started holds its connection; so it is either seen here, or finds no connection.
    await tx
      .selectFrom('connections')
      .select('id')
      .where('workspace_id', '=', admin.workspaceId)
      .where('id', '=', id)
      .forUpdate()
      .execute()
    const connection = await readConnection(tx, admin.workspaceId, id)
    if (connection.activeImportId !== null) {
      throw new ProblemError(
        'connection_in_use',
        'An import of this connection is running. Cancel it first.',
        {
          link: `/imports/${connection.activeImportId}`,
        },
      )
    }
    await tx
      .deleteFrom('connections')
      .where('workspace_id', '=', admin.workspaceId)
      .where('id', '=', id)
      .execute()
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'connection.deleted',
      target: { kind: 'connection', id, name: connection.name },
      detail: { tenant: connection.tenant, tenantId: connection.tenantId },
      request,
    })
  })
}
