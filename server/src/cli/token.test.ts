import { randomBytes } from 'node:crypto'
import type { ApiToken } from '@keyroster/api/tokens.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { startCommand } from './test-command.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
  await panel.panel.database.pool.query(
    `insert into admins (workspace_id, name, email, email_folded, role, disabled_at) values
      ($1, 'Alex Wilber', 'AlexW@contoso.com', 'alexw@contoso.com', 'auditor', null),
      ($1, 'Lee Gu', 'LeeG@contoso.com', 'leeg@contoso.com', 'owner', now())`,
    [panel.admin.workspaceId],
  )
})
afterAll(() => panel.close())

/** `keyroster token …` on the server's console, with the panel's database. */
const token = (...args: string[]) =>
  startCommand(['token', ...args], {
    DATABASE_URL: panel.panel.database.url,
    KEYROSTER_SECRET_KEY: randomBytes(32).toString('base64'),
  }).ended

async function statusWith(secret: string, url = '/api/users'): Promise<number> {
  const response = await panel.app.inject({ url, headers: { authorization: `Bearer ${secret}` } })
  return response.statusCode
}

const listed = async () => (await panel.call<{ items: ApiToken[] }>('GET', '/api/tokens')).body.items

describe('keyroster token create', () => {
  test('prints the secret alone, for a script to take, and tells people beside it', async () => {
    const made = await token(
      'create',
      '--name',
      'Nightly',
      '--scope',
      'users.read',
      '--scope=imports.read',
      '--days=7',
    )
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^kr_[\w-]{43}\n$/) })
    expect(made.stderr).toMatch(
      /“Nightly” acts for Operator until \d{4}-\d\d-\d\d: users\.read, imports\.read/,
    )
    const secret = made.stdout.trim()
    expect(made.stderr).not.toContain(secret.slice(12))
    expect([await statusWith(secret), await statusWith(secret, '/api/connections')]).toEqual([200, 403])
    const { rows } = await panel.panel.database.pool.query(
      "select actor_id, actor_name, target_name from audit_events where action = 'token.created'",
    )
    expect(rows).toEqual([{ actor_id: null, actor_name: 'Console', target_name: 'Nightly' }])
  })

  test('makes one for the admin who is named, within their role, and prints JSON when asked', async () => {
    const args = ['create', '--name=Audit', '--admin', 'alexw@CONTOSO.com', '--json', '--scope']
    const made = await token(...args, 'audit.export')
    const { token: described, secret } = JSON.parse(made.stdout)
    expect(described).toMatchObject({
      name: 'Audit',
      admin: { name: 'Alex Wilber' },
      scopes: ['audit.export'],
    })
    expect(await statusWith(secret)).toBe(403)
    expect(await token(...args, 'imports.run')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'A token can do no more than its person, and the role auditor does not allow imports.run.\n',
    })
  })

  test.each([
    [['--scope=users.read'], 'with --name'],
    [['--name=x'], 'with --scope'],
    [['--name=x', '--scope=user.read'], 'no scope user.read. Did you mean users.read?'],
    [['--name=x', '--scope=admins.edit'], 'no scope admins.edit'],
    [['--name=x', '--scope=users.read', '--days=366'], '--days is a number from 1 to 365'],
    [['--name=x', '--scope=users.read', '--days=soon'], '--days is a number from 1 to 365'],
    [['--name=x', '--scope=users.read', '--admin=nobody@contoso.com'], 'No admin has the email'],
    [['--name=x', '--scope=users.read', '--admin=leeg@contoso.com'], 'Lee Gu is disabled'],
    [['--name=x', '--scope=users.read', '--forever'], "Unknown option '--forever'"],
  ])('refuses %j and says why', async (args, reason) => {
    const before = await listed()
    const refused = await token('create', ...args)
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(reason) })
    expect(await listed()).toEqual(before)
  })
})

describe('keyroster token list and revoke', () => {
  test('show what lives, and end one by how it begins', async () => {
    const { stdout } = await token('create', '--name', 'Evil \u001b[31mname', '--scope', 'users.read')
    const secret = stdout.trim()
    const prefix = secret.slice(0, 11)
    const shown = await token('list')
    expect(shown.stdout).toContain(`${prefix}  Evil  [31mname`)
    expect(shown.stdout + shown.stderr).not.toContain(secret)
    expect(await token('revoke', prefix)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('of Operator'),
    })
    expect(await statusWith(secret)).toBe(401)
    expect(await token('revoke', prefix)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no such live'),
    })
    expect((await token('list')).stdout).not.toContain(prefix)
  })

  test('by its ID as well, and nothing by a beginning that is too short to be one', async () => {
    const { token: made, secret } = JSON.parse(
      (await token('create', '--name=x', '--scope=users.read', '--json')).stdout,
    )
    expect((await token('revoke', 'kr_')).code).toBe(1)
    expect(await statusWith(secret)).toBe(200)
    expect((await token('revoke', made.id)).code).toBe(0)
    expect(await statusWith(secret)).toBe(401)
    const { items } = JSON.parse((await token('list', '--json')).stdout)
    expect(items.map(({ id }: ApiToken) => id)).not.toContain(made.id)
  })
})

test('keyroster token alone, or with another word, says what there is', async () => {
  for (const args of [[], ['make']]) {
    expect(await token(...args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('create, list or revoke'),
    })
  }
})
