import type { Connection, updateConnection } from '@keyroster/api/connections.ts'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { audit } from '../audit/record.ts'
import { transaction } from '../db/transaction.ts'
import type { Panel } from '../panel.ts'
import { readConnection } from './read-connections.ts'
import { readyCredential, sealCredential } from './seal-credential.ts'

/**
 * Renames a connection, or gives it another app or credential; what the last check said does not hold for those any more.
 * Throws ProblemError `not_found` and `credential_looks_like_id`.
 */
export async function editConnection(
  panel: Panel,
  request: FastifyRequest,
  id: string,
  input: z.output<typeof updateConnection>,
): Promise<Connection> {
  const { db } = panel.database
  const { admin } = request
  const before = await readConnection(db, admin.workspaceId, id)
  const clientId = input.clientId?.toLowerCase() ?? before.clientId
  const place = { workspaceId: admin.workspaceId, connectionId: id }
  const credential = input.credential && (await readyCredential(input.credential))
  const isUnchecked = credential !== undefined || clientId !== before.clientId
  return transaction(db, async (tx) => {
    await tx
      .updateTable('connections')
      .set({
        name: input.name ?? before.name,
        client_id: clientId,
        ...(credential && (await sealCredential(tx, panel.secretKeys, place, credential))),
        ...(isUnchecked && {
          last_check: null,
          state: before.tenantId === null ? ('draft' as const) : ('needs-attention' as const),
        }),
      })
      .where('workspace_id', '=', admin.workspaceId)
      .where('id', '=', id)
      .execute()
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'connection.updated',
      target: { kind: 'connection', id },
      detail: {
        ...(input.name !== undefined && { name: { from: before.name, to: input.name } }),
        ...(input.clientId !== undefined && { clientId: { from: before.clientId, to: clientId } }),
        ...(input.credential && { credential: input.credential.kind }),
      },
      request,
    })
    return readConnection(tx, admin.workspaceId, id)
  })
}
