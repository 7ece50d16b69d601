import type { Connection } from '@keyroster/api/connections.ts'
import type { Page } from '@keyroster/api/page.ts'
import { type Selectable, sql } from 'kysely'
import { z } from 'zod'
import type { Db, Schema } from '../db/schema.ts'
import { cutPage, decodeCursor } from '../http/cursor.ts'
import { notFound } from '../problem.ts'

type Row = Selectable<Schema['connections']> & { active_import_id: string | null }

const cursorKeys = z.tuple([z.uuid()])

/** One page of a workspace's connections, the oldest first. */
export async function listConnections(
  db: Db,
  workspaceId: string,
  query: { cursor?: string; limit: number },
): Promise<Page<Connection>> {
  const cursor = decodeCursor(cursorKeys, query.cursor)
  const rows = await rowsOf(db, workspaceId)
    // Ids are made in order of time.
    .where('connections.id', '>', cursor?.[0] ?? '00000000-0000-0000-0000-000000000000')
    .orderBy('connections.id')
    .limit(query.limit + 1)
    .execute()
  const { total } = await db
    .selectFrom('connections')
    .where('workspace_id', '=', workspaceId)
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const { shown, next } = cutPage(rows, query.limit, ({ id }) => [id])
  return { items: shown.map(asConnection), total, next }
}

/** Throws ProblemError `not_found`, also for a connection of another workspace. */
export async function readConnection(db: Db, workspaceId: string, id: string): Promise<Connection> {
  const row = await rowsOf(db, workspaceId).where('connections.id', '=', id).executeTakeFirst()
  if (row === undefined) throw notFound('connection')
  return asConnection(row)
}

/** The public half of the connection's certificate, as PEM. Throws `not_found` where it signs in with a secret. */
export async function readCertificate(db: Db, workspaceId: string, id: string): Promise<string> {
  const row = await db
    .selectFrom('connections')
    .select('certificate_pem')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) throw notFound('connection')
  if (row.certificate_pem === null) throw notFound('certificate')
  return row.certificate_pem
}

/** The run of a connection that is not finished, as SQL. */
const activeImport = sql<string | null>`(
  select run.id from import_runs run
  where run.workspace_id = connections.workspace_id and run.connection_id = connections.id
    and run.state in ('scanning', 'planning', 'ready', 'applying'))`

function rowsOf(db: Db, workspaceId: string) {
  return db
    .selectFrom('connections')
    .selectAll()
    .select(activeImport.as('active_import_id'))
    .where('workspace_id', '=', workspaceId)
}

function asConnection(row: Row): Connection {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    cloud: row.cloud,
    tenant: row.tenant,
    tenantId: row.tenant_id,
    tenantName: row.tenant_name,
    verifiedDomains: row.verified_domains,
    clientId: row.client_id,
    credential:
      row.credential_kind === 'secret'
        ? { kind: 'secret', lastFour: row.secret_last_four ?? '', expiresOn: row.credential_expires_on }
        : {
            kind: 'certificate',
            thumbprint: row.certificate_thumbprint ?? '',
            expiresOn: row.credential_expires_on ?? '',
          },
    lastCheck: row.last_check,
    createdAt: row.created_at.toISOString(),
    activeImportId: row.active_import_id,
  }
}
