import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { migrate } from './migrate.ts'
import { connect, type Database } from './open.ts'
import { inWorkspace, panelWide } from './reach.ts'
import { ensureRoles } from './roles.ts'
import { command } from './test-cluster.ts'
import { createBareTestDatabase } from './test-database.ts'

let database: Database
/** A database user who owns the database and may make no roles. */
const user = `plain_${randomBytes(4).toString('hex')}`
const newRoles = () =>
  ['app', 'panel'].map((end) => `keyroster_test_${end}_${randomBytes(4).toString('hex')}`)
const made: string[] = []

beforeAll(async () => {
  database = await createBareTestDatabase()
  const { url } = inject('testServer')
  await command(url, `create role ${user} login password 'plain'`)
  await command(url, `alter database ${new URL(database.url).pathname.slice(1)} owner to ${user}`)
})
afterAll(async () => {
  await database.close()
  const { url } = inject('testServer')
  for (const role of [...made, user]) await command(url, `drop role if exists ${role}`)
})

function asUser(): Promise<Database> {
  const url = new URL(database.url)
  url.username = user
  url.password = 'plain'
  return connect(url.href)
}

test('roles that several panels make at the same moment are made once', async () => {
  const roles = newRoles()
  made.push(...roles)
  const clients = await Promise.all(Array.from({ length: 6 }, () => database.pool.connect()))
  await Promise.all(clients.map((client) => ensureRoles(client, roles)))
  for (const client of clients) client.release()
  const { rows } = await database.pool.query(
    'select rolname from pg_roles where rolname = any($1) order by 1',
    [roles],
  )
  expect(rows.map(({ rolname }) => rolname)).toEqual(roles)
})

test('a user who may make no roles is refused with what to run, and starts once somebody ran it', async () => {
  const plain = await asUser()
  const roles = newRoles()
  made.push(...roles)
  const client = await plain.pool.connect()
  try {
    const refusal = await ensureRoles(client, roles).catch((error: Error) => error.message)
    expect(refusal).toMatch('may not make the roles that Keyroster works in')
    const statements = String(refusal).match(/^ {2}(create|grant) .*;$/gm) ?? []
    expect(statements).toEqual([
      `  create role ${roles[0]} nologin;`,
      `  create role ${roles[1]} nologin;`,
      `  grant ${roles.join(', ')} to ${user};`,
    ])
    for (const statement of statements) await database.pool.query(statement)
    await ensureRoles(client, roles)
  } finally {
    client.release()
    await plain.close()
  }
})

test('a panel works as such a user', async () => {
  await command(inject('testServer').url, `grant keyroster_app, keyroster_panel to ${user}`)
  const plain = await asUser()
  try {
    expect(await migrate(plain.pool)).toContain('0009-row-level-security.sql')
    const { rows } = await plain.pool.query(`insert into workspaces (name) values ('Contoso') returning id`)
    const names = () => plain.walled.selectFrom('workspaces').select('name').execute()
    expect(await inWorkspace(rows[0].id, names)).toEqual([{ name: 'Contoso' }])
    expect(await panelWide(names)).toEqual([{ name: 'Contoso' }])
  } finally {
    await plain.close()
  }
})
