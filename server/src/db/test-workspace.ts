import { randomBytes, randomUUID } from 'node:crypto'
import type pg from 'pg'

/** The ids of what is in a workspace, by the word that stands before an id in the paths of the API. */
export type IdsOfWorkspace = Record<keyof ReturnType<typeof idsOfWorkspace>, string>

const idsOfWorkspace = (workspace: string) => ({
  workspace,
  admins: randomUUID(),
  passkeys: randomUUID(),
  sessions: randomUUID(),
  invitations: randomUUID(),
  tokens: randomUUID(),
  connections: randomUUID(),
  users: randomUUID(),
  groups: randomUUID(),
  imports: randomUUID(),
  entries: randomUUID(),
  notifications: randomUUID(),
  ceremonies: randomUUID(),
})

/**
 * Fills a workspace with one of everything; answers the ids. Where there is none yet by that id, it is made. A new table gets
 * a row here, in the order in which rows refer to each other.
 */
export async function fillWorkspace(
  pool: pg.Pool,
  workspace: string = randomUUID(),
): Promise<IdsOfWorkspace> {
  const ids = idsOfWorkspace(workspace)
  await pool.query(`insert into workspaces (id, name) values ($1, 'Contoso') on conflict do nothing`, [
    workspace,
  ])
  for (const [table, row] of Object.entries(rowsOf(ids))) {
    const all: Record<string, unknown> = { workspace_id: workspace, ...row }
    const columns = Object.keys(all)
    await pool.query(
      `insert into ${table} (${columns}) values (${columns.map((_, at) => `$${at + 1}`)}) on conflict do nothing`,
      Object.values(all),
    )
  }
  return ids
}

function rowsOf(ids: IdsOfWorkspace): Record<string, Record<string, unknown>> {
  const tomorrow = new Date(Date.now() + 86_400_000)
  const admin_id = ids.admins
  const tenant_id = randomUUID()
  const person = { display_name: 'Adele Vance', name_folded: 'adele vance', search: 'adele vance' }
  return {
    admins: { id: ids.admins, name: 'Alex Wilber', role: 'owner' },
    passkeys: {
      id: ids.passkeys,
      admin_id,
      credential_id: randomUUID(),
      public_key: randomBytes(8),
      counter: 0,
      name: 'YubiKey',
      backed_up: false,
    },
    passkey_ceremonies: { id: ids.ceremonies, admin_id, challenge: 'challenge', expires_at: tomorrow },
    sign_in_links: { token_hash: randomBytes(32), admin_id, expires_at: tomorrow },
    sessions: { id: ids.sessions, id_hash: randomBytes(32), admin_id, expires_at: tomorrow },
    invitations: {
      id: ids.invitations,
      token_hash: randomBytes(32),
      email: 'megan@contoso.com',
      email_folded: 'megan@contoso.com',
      name: 'Megan Bowen',
      role: 'auditor',
      invited_by: admin_id,
      invited_by_name: 'Alex Wilber',
      expires_at: tomorrow,
    },
    api_tokens: {
      id: ids.tokens,
      admin_id,
      name: 'Nightly import',
      token_hash: randomBytes(32),
      prefix: 'kr_abc',
      scopes: ['users.read'],
      expires_at: tomorrow,
    },
    data_keys: { version: 1, sealed: randomBytes(40) },
    connections: {
      id: ids.connections,
      name: 'Contoso',
      cloud: 'global',
      tenant: 'contoso.com',
      tenant_id,
      client_id: randomUUID(),
      credential_kind: 'secret',
      credential_sealed: randomBytes(4),
      state: 'connected',
    },
    consent_trips: {
      state_hash: randomBytes(32),
      connection_id: ids.connections,
      session_hash: randomBytes(32),
      step: 'consent',
      return_to: '/connections',
      expires_at: tomorrow,
    },
    sign_in_trips: {
      state_hash: randomBytes(32),
      connection_id: ids.connections,
      browser_hash: randomBytes(32),
      nonce: 'nonce',
      code_verifier: 'verifier',
      tenant_id,
      return_to: '/',
      expires_at: tomorrow,
    },
    users: { id: ids.users, ...person, source: 'entra', tenant_id, object_id: ids.entries },
    groups: {
      id: ids.groups,
      tenant_id,
      object_id: randomUUID(),
      display_name: 'Sales',
      name_folded: 'sales',
      kind: 'security',
    },
    group_members: { group_id: ids.groups, user_id: ids.users },
    import_runs: {
      id: ids.imports,
      connection_id: ids.connections,
      connection_name: 'Contoso',
      tenant_id,
      verified_domains: [],
      state: 'ready',
      scope: '{"kind":"all-users"}',
      mode: 'new-and-existing',
      include_guests: false,
      include_disabled: false,
      created_by: admin_id,
      created_by_name: 'Alex Wilber',
      fingerprint: 'fingerprint',
      planned_revision: 0,
    },
    import_sources: { run_id: ids.imports, ordinal: 0, kind: 'users', name: 'All users' },
    import_entries: { run_id: ids.imports, object_id: ids.entries, ...person, action: 'create' },
    import_memberships: { run_id: ids.imports, ordinal: 0, object_id: ids.entries },
    notifications: {
      id: ids.notifications,
      admin_id,
      kind: 'import-finished',
      title: 'Import finished',
      body: '1 person was added.',
      link: '/imports',
    },
    audit_events: {
      actor_id: admin_id,
      actor_name: 'Alex Wilber',
      action: 'user.added',
      target_kind: 'user',
      target_id: ids.users,
    },
  }
}

/** The tables that hold rows of workspaces, as PostgreSQL knows them. */
export async function tablesOfWorkspaces(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  )
  return rows.map(({ name }) => name)
}

/** A digest of all that a workspace has, table by table; null for a table where it has nothing. */
export async function digestsOf(pool: pg.Pool, workspace: string): Promise<Record<string, string | null>> {
  const tables = await tablesOfWorkspaces(pool)
  const each = tables.map(
    (table) =>
      `select '${table}' as name, md5(string_agg(t::text, ' ' order by t::text)) as digest from ${table} t where workspace_id = $1`,
  )
  each.push(`select 'workspaces', md5(t::text) from workspaces t where id = $1`)
  const { rows } = await pool.query<{ name: string; digest: string | null }>(each.join(' union all '), [
    workspace,
  ])
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]))
}
