import { randomUUID } from 'node:crypto'
import type { Mode, Scope } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { DirectoryUser, InvalidDirectoryUser } from '../entra/directory-user.ts'
import { foldEmail, foldName, searchText } from '../users/fold.ts'
import { takeLease } from './lease.ts'
import { plan } from './plan.ts'
import { preparePages } from './prepare-pages.ts'
import { writePages } from './write-pages.ts'

const TENANT = '11111111-1111-4111-8111-111111111111'

/** A directory user as readDirectoryUser answers it; every test says only what matters to it. */
export function directoryUser(known: Partial<DirectoryUser> = {}): DirectoryUser {
  const objectId = known.objectId ?? randomUUID()
  return {
    objectId,
    displayName: `User ${objectId.slice(0, 8)}`,
    givenName: null,
    surname: null,
    mail: `${objectId}@contoso.com`,
    userPrincipalName: `${objectId}@contoso.onmicrosoft.com`,
    jobTitle: null,
    department: null,
    employeeId: null,
    officeLocation: null,
    mobilePhone: null,
    preferredLanguage: null,
    accountEnabled: true,
    userType: 'Member',
    altered: [],
    ...known,
  }
}

export interface TestUser {
  displayName?: string
  email: string | null
  jobTitle?: string | null
  /** Linked to this object id of the tenant; by hand where absent. */
  objectId?: string
  tenantId?: string
  status?: 'active' | 'suspended'
  suspendedBy?: 'import' | 'admin'
}

/** Puts a person into the workspace and answers their id. */
export async function insertUser(db: Db, workspaceId: string, user: TestUser): Promise<string> {
  const name = user.displayName ?? user.email ?? 'Somebody'
  const inserted = await sql<{ id: string }>`
    insert into users (workspace_id, display_name, email, job_title, email_folded, name_folded, search, source, tenant_id, object_id, status, suspended_by)
    values (${workspaceId}, ${name}, ${user.email}, ${user.jobTitle ?? null}, ${foldEmail(user.email)}, ${foldName(name)},
      ${searchText(name, user.email, null)}, ${user.objectId ? 'entra' : 'manual'},
      ${user.objectId ? (user.tenantId ?? TENANT) : null}, ${user.objectId ?? null}, ${user.status ?? 'active'},
      ${user.status === 'suspended' ? (user.suspendedBy ?? 'import') : null})
    returning id`.execute(db)
  return inserted.rows[0]!.id
}

export interface TestRun {
  mode?: Mode
  scope?: Scope
  includeGuests?: boolean
  includeDisabled?: boolean
  verifiedDomains?: string[]
}

/** A run that is about to be scanned, without sources; answers its id. */
export async function insertRun(db: Db, workspaceId: string, wish: TestRun = {}): Promise<string> {
  const runId = randomUUID()
  await sql`
    insert into import_runs (id, workspace_id, connection_name, tenant_id, verified_domains, state, scope, mode, include_guests, include_disabled, created_by_name)
    values (${runId}, ${workspaceId}, 'Contoso', ${TENANT}, ${wish.verifiedDomains ?? ['contoso.com']}::text[], 'scanning',
      ${JSON.stringify(wish.scope ?? { kind: 'all-users' })}::jsonb, ${wish.mode ?? 'new-and-existing'},
      ${wish.includeGuests ?? false}, ${wish.includeDisabled ?? false}, 'Test')`.execute(db)
  return runId
}

/** Makes a run as the worker would after scanning these people, and plans it; answers its id. */
export async function planRun(
  db: Db,
  workspaceId: string,
  people: (DirectoryUser | InvalidDirectoryUser)[],
  wish: TestRun = {},
): Promise<string> {
  const runId = await insertRun(db, workspaceId, wish)
  await sql`insert into import_sources (run_id, workspace_id, ordinal, kind, name)
    values (${runId}, ${workspaceId}, 0, 'users', 'All users')`.execute(db)
  const lease = await takeLease(db, runId)
  const source = { ordinal: 0, kind: 'users' as const }
  const ready = preparePages([{ source, page: { users: people, next: null, count: null } }])
  await writePages(db, lease!, ready)
  await sql`update import_runs set state = 'planning' where id = ${runId}`.execute(db)
  await plan(db, lease!)
  return runId
}
