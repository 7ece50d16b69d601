import { createHash } from 'node:crypto'
import type { Panel } from '../panel.ts'
import { notFound } from '../problem.ts'
import { openSecret } from '../secrets/data-keys.ts'
import { type Endpoints, endpointsOf } from './clouds.ts'
import type { Credential } from './credential.ts'
import { createSession, type DirectorySession } from './directory-session.ts'

/** A connection as it is used to talk to Microsoft. */
export interface ConnectionAccess {
  connectionId: string
  endpoints: Endpoints
  /** As typed: an id or a domain. */
  tenant: string
  /** As proved by sign-in; null before. */
  tenantId: string | null
  clientId: string
  credential: Credential
  /** Changes with the credential, so that a session never outlives it, and not with the key that seals it. */
  credentialVersion: string
}

/** Where the credential of a connection is sealed; it opens nowhere else. */
export function credentialContext(workspaceId: string, connectionId: string) {
  return { workspaceId, table: 'connections', rowId: connectionId, column: 'credential_sealed' }
}

/** Reads a connection and opens its credential. Throws ProblemError `not_found`, or SealError. */
export async function readAccess(panel: Panel, connectionId: string): Promise<ConnectionAccess> {
  // One statement, because a rotation may seal the credential anew and remove the key between two.
  const row = await panel.database.db
    .selectFrom('connections as c')
    .leftJoin('data_keys as k', (join) =>
      join.onRef('k.workspace_id', '=', 'c.workspace_id').onRef('k.version', '=', 'c.credential_key'),
    )
    .selectAll('c')
    .select('k.sealed as data_key')
    .where('c.id', '=', connectionId)
    .executeTakeFirst()
  if (row === undefined) throw notFound('connection')
  const stored = { sealed: row.credential_sealed, dataKey: row.data_key }
  const opened = await openSecret(panel.secretKeys, stored, credentialContext(row.workspace_id, row.id))
  return {
    connectionId: row.id,
    endpoints: endpointsOf(row.cloud, panel.config.entra),
    tenant: row.tenant,
    tenantId: row.tenant_id,
    clientId: row.client_id,
    credential:
      row.credential_kind === 'secret'
        ? { kind: 'secret', secret: opened }
        : { kind: 'certificate', privateKeyPem: opened, certificatePem: row.certificate_pem ?? '' },
    credentialVersion: createHash('sha256').update(opened).digest('base64'),
  }
}

interface KeptSession {
  /** Tenant, app and credential it was made for. */
  madeFor: string
  session: DirectorySession
}

const keptSessions = new WeakMap<Panel, Map<string, KeptSession>>()

/** The session that everyone using this connection in this panel shares, until tenant, app or credential change. */
export function sharedSession(panel: Panel, access: ConnectionAccess, tenantId: string): DirectorySession {
  const kept = keptSessions.get(panel) ?? new Map<string, KeptSession>()
  keptSessions.set(panel, kept)
  const madeFor = [
    access.endpoints.login,
    access.endpoints.graph,
    tenantId,
    access.clientId,
    access.credentialVersion,
  ].join(' ')
  const existing = kept.get(access.connectionId)
  if (existing?.madeFor === madeFor) return existing.session
  const session = createSession(
    { ...access, tenantId },
    panel.log.child({ connectionId: access.connectionId }),
  )
  kept.set(access.connectionId, { madeFor, session })
  return session
}
