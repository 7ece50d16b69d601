import type pg from 'pg'
import { DatabaseError } from 'pg'
import { StartRefusal } from '../start-refusal.ts'

/**
 * The roles that a panel works in: they own nothing, so that PostgreSQL holds them to their grants and policies, which
 * migrations make. Roles belong to the server, so that panels on several of its databases share them.
 */
const panelRoles = ['keyroster_app', 'keyroster_panel']

/** Another panel makes the same role at the same moment: duplicate_object, unique_violation, tuple concurrently updated. */
const raced = ['42710', '23505', 'XX000']
const attempts = 5

/** Makes the roles where they are missing and lets this user take them. Throws StartRefusal where it may not. */
export async function ensureRoles(client: pg.PoolClient, roles = panelRoles): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      for (const role of roles) await ensureRole(client, role)
      return
    } catch (error) {
      const code = error instanceof DatabaseError ? error.code : undefined
      if (code === '42501') throw await refusal(client, roles, error)
      if (attempt === attempts || !raced.includes(code ?? '')) throw error
    }
  }
}

async function ensureRole(client: pg.PoolClient, role: string): Promise<void> {
  const found = await client.query('select from pg_roles where rolname = $1', [role])
  if (found.rowCount === 0) await client.query(`create role ${role} nologin`)
  const taken = await client.query<{ may: boolean }>(mayTake, [role])
  if (!taken.rows[0]!.may) await client.query(`grant ${role} to current_user`)
}

/** From PostgreSQL 16 on, a member may be one that cannot take the role: https://www.postgresql.org/docs/16/release-16.html */
const mayTake = `
  select case when current_setting('server_version_num')::integer < 160000 then pg_has_role(session_user, $1, 'MEMBER')
    else pg_has_role(session_user, $1, 'SET') end as may`

async function refusal(client: pg.PoolClient, roles: string[], cause: unknown): Promise<StartRefusal> {
  const { rows } = await client.query<{ present: string[]; name: string }>(
    `select array(select rolname::text from pg_roles where rolname = any ($1)) as present,
      quote_ident(session_user) as name`,
    [roles],
  )
  const { present, name } = rows[0]!
  const missing = roles.filter((role) => !present.includes(role))
  const statements = [
    ...missing.map((role) => `create role ${role} nologin;`),
    `grant ${roles.join(', ')} to ${name};`,
  ]
  return new StartRefusal(
    `The database user ${name} may not make the roles that Keyroster works in. Have somebody who may run this on the server once, then start again:\n\n${statements.map((statement) => `  ${statement}`).join('\n')}\n`,
    { cause },
  )
}
