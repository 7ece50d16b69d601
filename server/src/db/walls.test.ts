import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import pg, { DatabaseError } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database } from './open.ts'
import { inWorkspace, keepReach, panelWide, reachingNothing } from './reach.ts'
import { createTestDatabase } from './test-database.ts'
import { digestsOf, fillWorkspace, tablesOfWorkspaces } from './test-workspace.ts'

let database: Database
let a: string
let b: string
let tables: string[]

beforeAll(async () => {
  database = await createTestDatabase()
  a = (await fillWorkspace(database.pool)).workspace
  b = (await fillWorkspace(database.pool)).workspace
  tables = await tablesOfWorkspaces(database.pool)
})
afterAll(() => database.close())

/** What a statement of the panel, in the workspace of its context, answers; the code of the error where it is refused. */
async function ask(
  statement: string,
): Promise<{ rows: Record<string, unknown>[]; changed: number } | string> {
  try {
    const { rows, numAffectedRows = 0n } = await sql<Record<string, unknown>>`${sql.raw(statement)}`.execute(
      database.walled,
    )
    return { rows, changed: Number(numAffectedRows) }
  } catch (error) {
    if (error instanceof DatabaseError) return error.code ?? ''
    throw error
  }
}
const inA = (statement: string) => inWorkspace(a, () => ask(statement))
const refused = '42501'

/** Of the panel and not of a workspace: which migrations ran, and the sample that proves the secret key. */
const withoutWorkspace = ['migrations', 'secret_canary']

describe('every table', () => {
  test('carries the workspace id, or is known to belong to all of them', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
    )
    expect(rows.map(({ name }) => name)).toEqual([...tables, ...withoutWorkspace, 'workspaces'].sort())
  })

  test('of workspaces is behind a policy for its workspace: a migration that makes one calls wall_in', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_policy p on p.polrelid = c.oid
       where c.relrowsecurity and p.polroles = array['keyroster_app'::regrole::oid] and p.polcmd = '*' and p.polpermissive
         and pg_get_expr(p.polqual, p.polrelid) in ('(workspace_id = ( SELECT current_workspace() AS current_workspace))',
           '(id = ( SELECT current_workspace() AS current_workspace))')
       order by 1`,
    )
    expect(rows.map(({ name }) => name)).toEqual([...tables, 'workspaces'].sort())
  })

  test('belongs to neither of the roles that panels work in, and no other policy opens it to them', async () => {
    const owned = await database.pool.query(
      `select relname from pg_class where relowner in ('keyroster_app'::regrole, 'keyroster_panel'::regrole)`,
    )
    expect(owned.rows).toEqual([])
    const roles = await database.pool.query(
      `select rolname from pg_roles where rolname in ('keyroster_app', 'keyroster_panel')
         and not (rolsuper or rolbypassrls or rolcanlogin or rolcreaterole or rolcreatedb)`,
    )
    expect(roles.rows).toHaveLength(2)
    const policies = await database.pool.query(
      `select polname from pg_policy where polname not in ('in_workspace', 'before_workspace')
         or polname = 'before_workspace' and polroles <> array['keyroster_panel'::regrole::oid]`,
    )
    expect(policies.rows).toEqual([])
  })

  test('has a row of both workspaces in these tests: a new one gets a row in test-workspace.ts', async () => {
    for (const workspace of [a, b]) {
      const digests = await digestsOf(database.pool, workspace)
      const empty = Object.keys(digests).filter((name) => digests[name] === null)
      expect(empty).toEqual([])
    }
  })
})

describe('work in one workspace', () => {
  test('sees no row of another in any table, and all of its own', async () => {
    for (const table of tables) {
      const found = await inA(`select workspace_id from ${table}`)
      expect(found, table).toMatchObject({ rows: expect.arrayContaining([{ workspace_id: a }]) })
      expect(found, table).not.toMatchObject({ rows: expect.arrayContaining([{ workspace_id: b }]) })
    }
    expect(await inA('select id from workspaces')).toMatchObject({ rows: [{ id: a }] })
    expect(await inA('select workspace_id from workspace_users')).toMatchObject({
      rows: [{ workspace_id: a }],
    })
  })

  test('changes, removes, adds and gives away no row of another', async () => {
    const before = await digestsOf(database.pool, b)
    const nothing = { changed: 0, rows: [] }
    for (const table of tables) {
      const changed = await inA(`update ${table} set workspace_id = '${b}' where workspace_id = '${b}'`)
      expect([refused, nothing], table).toContainEqual(changed)
      const removed = await inA(`delete from ${table} where workspace_id = '${b}'`)
      expect([refused, nothing], table).toContainEqual(removed)
      expect(await inA(`update ${table} set workspace_id = '${b}'`), table).toBe(refused)
      expect(await inA(await copyOf(table, b)), table).toBe(refused)
    }
    expect(await inA(`update workspaces set name = 'Mine' where id = '${b}'`)).toEqual(nothing)
    expect(await inA(`delete from workspaces`)).toBe(refused)
    expect(await digestsOf(database.pool, b)).toEqual(before)
  })

  test('adds rows to its own', async () => {
    const { rows } = (await inA(
      `insert into users (workspace_id, display_name, name_folded, search) values ('${a}', 'Lee', 'lee', 'lee') returning workspace_id`,
    )) as { rows: unknown[] }
    expect(rows).toEqual([{ workspace_id: a }])
    expect(await inA('select user_count from workspaces')).toMatchObject({ rows: [{ user_count: 2 }] })
  })

  test('may neither change audit events nor their chain, nor empty or change a table', async () => {
    for (const statement of [
      `update audit_events set actor_name = 'Nobody'`,
      'delete from audit_events',
      'update audit_heads set seq = 0',
      `select purge_audit_events('${b}', 1)`,
      'truncate notifications',
      'alter table users disable row level security',
      'select name from migrations',
      `update secret_canary set sealed = ''`,
    ])
      expect(await inA(statement), statement).toBe(refused)
  })

  test('keeps to its workspace through many at once, however connections go round', async () => {
    const asks = Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? b : a))
    const answers = await Promise.all(
      asks.map((id) => inWorkspace(id, () => ask('select id, pg_sleep(0.005)::text from workspaces'))),
    )
    expect(answers.map((answer) => Object(answer).rows[0].id)).toEqual(asks)
  })

  test('names its workspace once a connection, and again only where another was there', async () => {
    const named: unknown[] = []
    const watched = await connect(database.url, {
      openPool: (config) => {
        const pool = new pg.Pool({ ...config, max: 1 })
        return pool.on('connect', (client) => {
          const query = client.query.bind(client) as (...args: unknown[]) => unknown
          client.query = ((...args: unknown[]) => {
            if (String(args[0]).includes('set_config')) named.push(args[1])
            return query(...args)
          }) as typeof client.query
        })
      },
    })
    try {
      for (const id of [a, a, a, b, b, a]) {
        await inWorkspace(id, () => sql`select`.execute(watched.walled))
      }
    } finally {
      await watched.close()
    }
    expect(named).toEqual([[a], [b], [a]])
  })
})

describe('a stream that is read after its request is answered', () => {
  async function* names() {
    for (;;) yield await ask('select id from workspaces')
  }

  test('keeps to the workspace of its request at every step, whoever else reads one', async () => {
    const streams = [a, b].map((id) => inWorkspace(id, () => keepReach(names())[Symbol.asyncIterator]()))
    for (let step = 0; step < 3; step++) {
      const steps = await Promise.all(streams.map((stream) => stream.next()))
      expect(steps.map(({ value }) => value.rows)).toEqual([[{ id: a }], [{ id: b }]])
    }
    for (const stream of streams) await stream.return?.()
  })

  test('is refused where nobody kept its reach for it', async () => {
    const stream = inWorkspace(a, names)
    await expect(stream.next()).rejects.toThrow('must say which workspace')
  })
})

describe('work that has not said its workspace', () => {
  test('is refused, in a panel that serves and wherever nothing may be reached', async () => {
    await expect(sql`select`.execute(database.walled)).rejects.toThrow('must say which workspace')
    await expect(reachingNothing(() => sql`select`.execute(database.db))).rejects.toThrow(
      'must say which workspace',
    )
  })

  test('would see no row of any table, and add none', async () => {
    const client = await database.pool.connect()
    try {
      await client.query('begin')
      await client.query('set local role keyroster_app')
      for (const table of [...tables, 'workspaces', 'workspace_users']) {
        expect((await client.query(`select from ${table}`)).rowCount, table).toBe(0)
      }
      const adding =
        client.query(`insert into notifications select * from jsonb_populate_record(null::notifications,
        '{"workspace_id": "${a}", "admin_id": "${a}", "kind": "", "title": "", "body": "", "link": ""}')`)
      await expect(adding).rejects.toMatchObject({ code: refused })
    } finally {
      client.release(true)
    }
  })
})

describe('work before a workspace is known', () => {
  test('reads what tells whose a secret is, and what has work, and writes what a sign-in writes', async () => {
    const { rows } = await database.pool.query<{ granted: string }>(
      `select table_name || ': ' || string_agg(distinct lower(privilege_type), ', ' order by lower(privilege_type)) as granted
       from information_schema.column_privileges where grantee = 'keyroster_panel' group by table_name
       union all
       select table_name || ': delete' from information_schema.table_privileges
       where grantee = 'keyroster_panel' and privilege_type = 'DELETE' order by 1`,
    )
    expect(rows.map(({ granted }) => granted)).toEqual([
      'admins: select, update',
      'api_tokens: select, update',
      'audit_events: insert',
      'connections: select',
      'import_runs: select',
      'invitations: select',
      'passkey_ceremonies: delete',
      'passkey_ceremonies: insert, select',
      'passkeys: select, update',
      'sessions: delete',
      'sessions: insert, select, update',
      'sign_in_links: select, update',
      'sign_in_trips: delete',
      'sign_in_trips: select',
      'workspaces: select',
    ])
  })

  test('sees no person, group, entry or credential, and changes no role', async () => {
    for (const statement of [
      'select from users',
      'select from workspace_users',
      'select from groups',
      'select from import_entries',
      'select credential_sealed from connections',
      'select from data_keys',
      'select from audit_events',
      `update admins set role = 'owner'`,
      `insert into admins (workspace_id, name, role) values ('${a}', 'Nobody', 'owner')`,
    ])
      expect(await panelWide(() => ask(statement)), statement).toBe(refused)
  })

  test('is done in these places and no others', async () => {
    const root = join(import.meta.dirname, '..')
    const places: string[] = []
    for await (const file of glob('**/*.ts', { cwd: root })) {
      if (/test|^db\//.test(file)) continue
      if (/\bpanelWide\(/.test(await readFile(join(root, file), 'utf8'))) places.push(file)
    }
    expect(places.sort()).toEqual([
      'audit/retention.ts',
      'http/authorize.ts',
      'http/health.ts',
      'http/reach-of-request.ts',
      'http/record-refusals.ts',
      'imports/work-on.ts',
      'imports/worker.ts',
    ])
  })

  test('and as the owner of the tables: migrations, backups, key rotation and the console alone', async () => {
    const root = join(import.meta.dirname, '..')
    const places: string[] = []
    for await (const file of glob('**/*.ts', { cwd: root })) {
      if (/test|^db\/|^cli\/|schedules\//.test(file)) continue
      if (/\.pool\b|\bpool\s*\}/.test(await readFile(join(root, file), 'utf8'))) places.push(file)
    }
    expect(places.sort()).toEqual(['backup/restore-backup.ts', 'main.ts', 'secrets/rotate-keys.ts'])
  })
})

/** A statement that adds what `workspace` has in a table once more. */
async function copyOf(table: string, workspace: string): Promise<string> {
  const found = await database.pool.query(
    `select to_jsonb(t) as row, array(select attname::text from pg_attribute where attrelid = '${table}'::regclass
       and attnum > 0 and not attisdropped and attgenerated = '') as columns
     from ${table} t where workspace_id = $1 limit 1`,
    [workspace],
  )
  const { row, columns } = found.rows[0]
  const values = pg.escapeLiteral(JSON.stringify(row))
  return `insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, ${values})`
}
