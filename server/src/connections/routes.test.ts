import type { Connection, DirectoryCounts, DirectoryGroups } from '@keyroster/api/connections.ts'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { callWith } from '../http/test-panel.ts'
import { addConnection, type ConnectedPanel, createConnectedPanel, grant } from './test-connection.ts'

describe('connections', () => {
  let test: ConnectedPanel
  const lines: string[] = []
  beforeAll(async () => {
    test = await createConnectedPanel()
    test.panel.log = pino({ level: 'trace' }, { write: (line) => lines.push(line) })
  })
  afterAll(async () => test[Symbol.asyncDispose]())
  beforeEach(() => sql`truncate connections cascade`.execute(test.panel.database.db))

  it('tell the connect form what it needs', async () => {
    expect(await test.call('GET', '/api/connections/setup')).toMatchObject({
      status: 200,
      body: {
        redirectUri: 'http://localhost:8080/api/entra/callback',
        permissions: [
          { name: 'User.Read.All' },
          { name: 'GroupMember.Read.All' },
          { name: 'Organization.Read.All' },
        ],
        demo: null,
      },
    })
  })

  it('keep a secret to themselves: no answer, no log line and no column has it', async () => {
    const secret = test.emulator.app.secrets[0]!.value
    const made = await addConnection(test)
    await grant(test, made.id)
    await test.call('POST', `/api/connections/${made.id}/check`, {})
    const answers = [
      made,
      await test.call('GET', '/api/connections'),
      await test.call('GET', `/api/connections/${made.id}`),
      await test.call('PATCH', `/api/connections/${made.id}`, { name: 'Contoso' }),
    ]
    expect(made.credential).toEqual({ kind: 'secret', lastFour: secret.slice(-4), expiresOn: null })
    expect(JSON.stringify(answers)).not.toContain(secret)
    expect(lines.join('\n')).toContain('graph answered')
    expect(lines.join('\n')).not.toContain(secret)
    expect(lines.join('\n')).not.toMatch(/eyJ[\w-]+\./)
    const { rows } = await sql<{ all: string }>`
      select (select string_agg(c::text, '') from connections c) ||
        (select string_agg(encode(credential_sealed, 'escape'), '') from connections) ||
        (select string_agg(a::text, '') from audit_events a) as all`.execute(test.panel.database.db)
    expect(rows[0]?.all).not.toContain(secret)
  })

  it('open a sealed secret only in its own row', async () => {
    const one = await addConnection(test)
    const other = await addConnection(test)
    await sql`
      update connections set credential_sealed = (select credential_sealed from connections where id = ${one.id})
      where id = ${other.id}`.execute(test.panel.database.db)
    const begin = (id: string) => test.call('POST', `/api/connections/${id}/grant`, { returnTo: '/' })
    expect((await begin(one.id)).status).toBe(200)
    expect(await begin(other.id)).toMatchObject({ status: 500, body: { code: 'internal_error' } })
  })

  const form = () => ({
    tenant: test.emulator.tenant.id,
    clientId: test.emulator.app.clientId,
    credential: { kind: 'secret', secret: 'a-secret' },
  })

  it.each([
    ['a tenant that is neither an id nor a domain', { tenant: 'contoso' }, 'tenant'],
    ['a tenant with a path', { tenant: 'contoso.com/../evil' }, 'tenant'],
    ['a client id that is no GUID', { clientId: 'keyroster' }, 'clientId'],
    ['an empty secret', { credential: { kind: 'secret', secret: ' ' } }, 'credential.secret'],
    ['a login address', { loginUrl: 'https://evil.example' }, 'loginUrl'],
  ])('refuse %s', async (_what, change, field) => {
    const answer = await test.call<{ fields: { field: string }[] }>('POST', '/api/connections', {
      ...form(),
      ...change,
    })
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad_request' } })
    expect(answer.body.fields.map((one) => one.field)).toContain(field)
  })

  it('notice the id of a secret in place of its value', async () => {
    const credential = { kind: 'secret', secret: test.emulator.app.secrets[0]!.id }
    expect(await test.call('POST', '/api/connections', { ...form(), credential })).toMatchObject({
      status: 422,
      body: { code: 'credential_looks_like_id', fields: [{ field: 'credential.secret' }] },
    })
  })

  it('forget the last check with another credential', async () => {
    const { id } = await addConnection(test)
    await grant(test, id)
    const changed = await test.call<Connection>('PATCH', `/api/connections/${id}`, {
      credential: { kind: 'secret', secret: 'another-secret-1234' },
    })
    expect(changed.body).toMatchObject({
      state: 'needs-attention',
      lastCheck: null,
      credential: { lastFour: '1234' },
    })
  })

  it('cannot be deleted while an import runs, and say which', async () => {
    const { id } = await addConnection(test)
    const run = '0199aaaa-0000-7000-8000-000000000001'
    await sql`
      insert into import_runs (id, workspace_id, connection_id, connection_name, tenant_id, verified_domains, state,
        scope, mode, include_guests, include_disabled, created_by_name)
      values (${run}, ${test.admin.workspaceId}, ${id}, 'Contoso', ${test.emulator.tenant.id}, '{}', 'scanning',
        '{"kind":"all-users"}', 'new', false, false, 'Operator')`.execute(test.panel.database.db)
    expect((await test.call<Connection>('GET', `/api/connections/${id}`)).body.activeImportId).toBe(run)
    expect(await test.call('DELETE', `/api/connections/${id}`)).toMatchObject({
      status: 409,
      body: { code: 'connection_in_use', link: `/imports/${run}` },
    })
    await sql`update import_runs set state = 'cancelled'`.execute(test.panel.database.db)
    expect((await test.call('DELETE', `/api/connections/${id}`)).status).toBe(204)
    expect((await test.call('GET', `/api/connections/${id}`)).status).toBe(404)
  })

  it('are nobody else’s: every route answers 404 for another workspace’s connection, and 401 without a session', async () => {
    const { id } = await addConnection(test)
    const { db } = test.panel.database
    await sql`
      with other as (insert into workspaces (name) values ('Other') returning id),
        key as (insert into data_keys (workspace_id, version, sealed) select id, 1, '' from other)
      update connections set workspace_id = (select id from other) where id = ${id}`.execute(db)
    const routes = [
      ['GET', ''],
      ['PATCH', '', { name: 'Mine' }],
      ['DELETE', ''],
      ['GET', '/certificate'],
      ['POST', '/grant', { returnTo: '/' }],
      ['POST', '/check', {}],
      ['GET', '/groups'],
      ['GET', '/counts'],
    ] as const
    const stranger = callWith(test.app)
    for (const [method, path, body] of routes) {
      const address = `/api/connections/${id}${path}`
      expect(await test.call(method, address, body)).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
      expect(await stranger(method, address, body)).toMatchObject({ status: 401 })
    }
    expect((await test.call<{ total: number }>('GET', '/api/connections')).body.total).toBe(0)
  })

  it('list the oldest first, by pages', async () => {
    const made = [await addConnection(test), await addConnection(test), await addConnection(test)]
    type List = { items: Connection[]; total: number; next: string | null }
    const first = (await test.call<List>('GET', '/api/connections?limit=2')).body
    const second = (await test.call<List>('GET', `/api/connections?limit=2&cursor=${first.next}`)).body
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made.map(({ id }) => id))
    expect([first.total, second.next]).toEqual([3, null])
  })

  describe('that are granted', () => {
    let id: string
    beforeEach(async () => {
      test.emulator.grant()
      ;({ id } = await addConnection(test))
      await grant(test, id)
    })

    it('count people and groups by one request', async () => {
      const { directory } = test.emulator.tenant
      const users = [...directory.users()]
      await test.call('GET', `/api/connections/${id}/counts`)
      test.emulator.requests.clear()
      const { body } = await test.call<DirectoryCounts>('GET', `/api/connections/${id}/counts`)
      expect(body).toEqual({
        users: users.length,
        guests: users.filter(({ userType }) => userType === 'Guest').length,
        disabled: users.filter(({ accountEnabled }) => !accountEnabled).length,
        groups: directory.groupCount,
      })
      expect(test.emulator.requests.count()).toBe(1)
    })

    it('search groups with the number of people in each, by two requests', async () => {
      const { directory } = test.emulator.tenant
      test.emulator.requests.clear()
      const { body } = await test.call<DirectoryGroups>('GET', `/api/connections/${id}/groups`)
      expect(test.emulator.requests.count()).toBe(2)
      expect(body.total).toBe(directory.groupCount)
      for (const group of body.items.filter(({ hiddenMembership }) => !hiddenMembership)) {
        expect([group.displayName, group.memberCount]).toEqual([
          directory.group(group.id)?.displayName,
          directory.transitiveUserIds(group.id).size,
        ])
      }
    })

    it('say that Microsoft is slow before anybody loses patience', async () => {
      test.emulator.faults.add({ route: 'groups', effect: { kind: 'status', status: 429, retryAfter: 120 } })
      const answer = await test.call('GET', `/api/connections/${id}/groups?search=sales`)
      expect(answer).toMatchObject({ status: 503, body: { code: 'throttled' } })
      test.emulator.faults.clear()
    })
  })
})
