import type { Connection, createConnection } from '@keyroster/api/connections.ts'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import type { z } from 'zod'
import { audit } from '../audit/record.ts'
import { transaction } from '../db/transaction.ts'
import type { Panel } from '../panel.ts'
import { alreadyConnected } from './already-connected.ts'
import { readConnection } from './read-connections.ts'
import { readyCredential, sealCredential } from './seal-credential.ts'

/**
 * Adds a connection that nobody has granted anything yet. Throws ProblemError `connection_already_exists` where the
 * tenant, as typed, is connected, and `credential_looks_like_id`.
 */
export async function addConnection(
  panel: Panel,
  request: FastifyRequest,
  input: z.output<typeof createConnection>,
): Promise<Connection> {
  const { db } = panel.database
  const { admin } = request
  const tenant = input.tenant.toLowerCase()
  const existing = await sql<{ id: string }>`
    select id from connections
    where workspace_id = ${admin.workspaceId} and tenant_id is not null
      and (tenant = ${tenant} or tenant_id::text = ${tenant} or ${tenant} = any (verified_domains))`.execute(
    db,
  )
  if (existing.rows[0] !== undefined) throw alreadyConnected(existing.rows[0].id)

  const id = await newId(panel)
  const place = { workspaceId: admin.workspaceId, connectionId: id }
  const credential = await readyCredential(input.credential)
  return transaction(db, async (tx) => {
    await tx
      .insertInto('connections')
      .values({
        id,
        workspace_id: admin.workspaceId,
        name: input.name,
        cloud: input.cloud,
        tenant,
        client_id: input.clientId.toLowerCase(),
        ...(await sealCredential(tx, panel.secretKeys, place, credential)),
      })
      .execute()
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'connection.created',
      target: { kind: 'connection', id },
      detail: { tenant, cloud: input.cloud, clientId: input.clientId, credential: input.credential.kind },
      request,
    })
    return readConnection(tx, admin.workspaceId, id)
  })
}

/** The id comes before the row, because the sealed credential names it. */
async function newId(panel: Panel): Promise<string> {
  const made = await sql<{ id: string }>`select new_id() as id`.execute(panel.database.db)
  return made.rows[0]!.id
}
