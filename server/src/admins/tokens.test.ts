import type { Problem } from '@keyroster/api/problem.ts'
import type { Role } from '@keyroster/api/roles.ts'
import type { ApiToken } from '@keyroster/api/tokens.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Call, callWith, createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { startSession } from './sessions.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())

const sql = (text: string, values: unknown[] = []) => panel.panel.database.pool.query(text, values)

interface Created {
  token: ApiToken
  secret: string
}

/** Somebody with this role, signed in with a fresh touch. */
async function signedIn(role: Role): Promise<{ id: string; call: Call }> {
  const { rows } = await sql(
    'insert into admins (workspace_id, name, role) values ($1, $2, $3) returning id',
    [panel.admin.workspaceId, 'Adele Vance', role],
  )
  const { id } = rows[0]
  const session = await startSession(panel.panel.database.db, id)
  return { id, call: callWith(panel.app, `keyroster=${session}`) }
}

async function create(call: Call, wish: object = {}): Promise<Created> {
  const made = await call<Created>('POST', '/api/tokens', {
    name: 'Nightly import',
    scopes: ['users.read'],
    ...wish,
  })
  expect(made.status).toBe(201)
  return made.body
}

/** Asks as a script does: with the token alone. */
async function use(secret: string, url = '/api/users', method: 'GET' | 'POST' = 'GET') {
  const response = await panel.app.inject({ method, url, headers: { authorization: `Bearer ${secret}` } })
  return { status: response.statusCode, body: response.json<Problem>() }
}

const events = async (id: string) =>
  (
    await sql(
      'select action, actor_id, target_name, detail from audit_events where target_id = $1 order by seq',
      [id],
    )
  ).rows

describe('an API token', () => {
  test('is shown once, and kept as a hash alone', async () => {
    const { token, secret } = await create(panel.call)
    expect(secret).toMatch(/^kr_[\w-]{43}$/)
    expect(secret.startsWith(token.prefix)).toBe(true)
    const listed = await panel.call<{ items: ApiToken[] }>('GET', '/api/tokens')
    expect(listed.body.items).toContainEqual(token)
    expect(JSON.stringify(listed.body)).not.toContain(secret.slice(12))
    const { rows } = await sql('select t::text as all from api_tokens t where id = $1', [token.id])
    expect(rows[0].all).not.toContain(secret.slice(12))
  })

  test('acts for its person, who is seen in the list to have used it', async () => {
    const { token, secret } = await create(panel.call)
    expect(token.lastUsedAt).toBeNull()
    expect((await use(secret)).status).toBe(200)
    const { items } = (await panel.call<{ items: ApiToken[] }>('GET', '/api/tokens')).body
    expect(items.find(({ id }) => id === token.id)).toMatchObject({
      own: true,
      admin: { id: panel.admin.id },
      lastUsedAt: expect.any(String),
    })
  })

  test('lasts 90 days unless told, and a year at most', async () => {
    const days = ({ token }: Created) =>
      (Date.parse(token.expiresAt) - Date.parse(token.createdAt)) / 86_400_000
    expect(days(await create(panel.call))).toBeCloseTo(90, 1)
    expect(days(await create(panel.call, { days: 365 }))).toBeCloseTo(365, 1)
    for (const wrong of [
      { days: 366 },
      { days: 0 },
      { scopes: [] },
      { name: ' ' },
      { scopes: ['settings.edit'] },
    ]) {
      const refused = await panel.call('POST', '/api/tokens', { name: 'x', scopes: ['users.read'], ...wrong })
      expect(refused).toMatchObject({ status: 400, body: { code: 'bad_request' } })
    }
  })

  test('opens only what its scopes say, and the refusal names the scope', async () => {
    const { secret } = await create(panel.call, { scopes: ['users.read', 'users.read'] })
    const refused = await use(secret, '/api/imports')
    expect(refused).toMatchObject({ status: 403, body: { code: 'not_allowed' } })
    expect(refused.body.detail).toContain('imports.read')
    for (const url of ['/api/tokens', '/api/session']) expect((await use(secret, url)).status).toBe(403)
  })

  test('can be no wider than the role of its person', async () => {
    const admin = await signedIn('admin')
    const scopes = ['users.read', 'audit.export']
    const refused = await admin.call<Problem>('POST', '/api/tokens', { name: 'Audit', scopes })
    expect(refused).toMatchObject({
      status: 422,
      body: {
        code: 'token_scope_too_wide',
        fields: [{ field: 'scopes', message: 'Leave out audit.export.' }],
      },
    })
    await create(panel.call, { scopes })
  })

  test('loses what its person may do no more, and has it again with the role', async () => {
    const { id, call } = await signedIn('owner')
    const { secret } = await create(call, { scopes: ['users.read', 'imports.read'] })
    expect((await use(secret, '/api/imports')).status).toBe(200)
    await sql("update admins set role = 'helpdesk' where id = $1", [id])
    expect(await use(secret, '/api/imports')).toMatchObject({ status: 403, body: { code: 'not_allowed' } })
    expect((await use(secret, '/api/users')).status).toBe(200)
    await sql("update admins set role = 'auditor' where id = $1", [id])
    expect((await use(secret, '/api/imports')).status).toBe(200)
  })

  test('that is revoked, expired, mistyped or of a disabled admin opens nothing, at once', async () => {
    const { id, call } = await signedIn('admin')
    const made = async () => {
      const created = await create(call)
      expect((await use(created.secret)).status).toBe(200)
      return created
    }
    const refused = { status: 401, body: { code: 'not_signed_in' } }
    const revoked = await made()
    expect((await call('DELETE', `/api/tokens/${revoked.token.id}`)).status).toBe(204)
    expect(await use(revoked.secret)).toMatchObject(refused)
    const expired = await made()
    await sql('update api_tokens set expires_at = now() where id = $1', [expired.token.id])
    expect(await use(expired.secret)).toMatchObject(refused)
    const orphan = await made()
    expect(
      await use(`${orphan.secret.slice(0, -1)}${orphan.secret.endsWith('A') ? 'B' : 'A'}`),
    ).toMatchObject(refused)
    await sql('update admins set disabled_at = now() where id = $1', [id])
    expect(await use(orphan.secret)).toMatchObject(refused)
  })

  test('of oneself may be revoked by anybody, that of another by an owner alone', async () => {
    const [admin, owner] = [await signedIn('admin'), await signedIn('owner')]
    const [first, second] = [await create(admin.call), await create(admin.call)]
    const revoke = (call: Call, { token }: Created) => call('DELETE', `/api/tokens/${token.id}`)
    const another = await signedIn('admin')
    expect(await revoke(another.call, first)).toMatchObject({ status: 403, body: { code: 'not_allowed' } })
    expect((await use(first.secret)).status).toBe(200)
    expect((await revoke(owner.call, first)).status).toBe(204)
    await sql("update admins set role = 'helpdesk' where id = $1", [admin.id])
    expect((await revoke(admin.call, second)).status).toBe(204)
    expect(await revoke(admin.call, second)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  test('is made by a fresh touch of a passkey only, and never by another token', async () => {
    const { id, call } = await signedIn('owner')
    const { secret } = await create(call, { scopes: ['users.read', 'users.edit'] })
    await sql("update sessions set stepped_up_at = now() - interval '6 minutes' where admin_id = $1", [id])
    const wish = { name: 'x', scopes: ['users.read'] }
    expect(await call('POST', '/api/tokens', wish)).toMatchObject({
      status: 403,
      body: { code: 'step_up_needed' },
    })
    expect((await use(secret, '/api/tokens', 'POST')).status).toBe(403)
  })

  test('is in the audit log from its making to its end, never with its secret', async () => {
    const { token, secret } = await create(panel.call)
    await panel.call('DELETE', `/api/tokens/${token.id}`)
    const told = await events(token.id)
    expect(told).toMatchObject([
      {
        action: 'token.created',
        actor_id: panel.admin.id,
        target_name: 'Nightly import',
        detail: { scopes: ['users.read'] },
      },
      {
        action: 'token.revoked',
        actor_id: panel.admin.id,
        target_name: 'Nightly import',
        detail: { of: 'Operator' },
      },
    ])
    expect(JSON.stringify(told)).not.toContain(secret.slice(12))
  })
})
