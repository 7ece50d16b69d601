import type { Outcome } from '@keyroster/api/imports.ts'
import type { Problem } from '@keyroster/api/problem.ts'
import type { UserDetail } from '@keyroster/api/users.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { unguarded } from '../audit/test-audit.ts'
import { createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { imported, insertConnection, insertUser, insertWorkspace } from './test-users.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())
beforeEach(() => sql(unguarded('truncate users, connections, audit_events, import_runs cascade')))

type Answered = UserDetail & Omit<Problem, 'status'>
const adele = { displayName: 'Adele Vance', email: 'adelev@contoso.com' }
const db = () => panel.panel.database.db
const sql = (text: string) => panel.panel.database.pool.query(text)
const post = (body: unknown) => panel.call<Answered>('POST', '/api/users', body)
const patch = (id: string, body: unknown) => panel.call<Answered>('PATCH', `/api/users/${id}`, body)
const get = async (id: string) => (await panel.call<Answered>('GET', `/api/users/${id}`)).body
const insert = (name: string, columns?: Parameters<typeof insertUser>[3]) =>
  insertUser(db(), panel.admin.workspaceId, name, columns)
const connect = () => insertConnection(db(), panel.admin.workspaceId)

const revision = async () =>
  (
    await db()
      .selectFrom('workspaces')
      .select('revision')
      .where('id', '=', panel.admin.workspaceId)
      .executeTakeFirstOrThrow()
  ).revision

const attribute = (user: UserDetail, name: string) => user.attributes.find((each) => each.name === name)

const audited = async () =>
  (
    await sql(
      'select actor_id, action, target_id, target_name, detail, request_id from audit_events order by seq',
    )
  ).rows

/** Does a deed and says by how much it raised the workspace's revision. */
async function raisedBy(deed: () => Promise<unknown>): Promise<number> {
  const before = await revision()
  await deed()
  return (await revision()) - before
}

describe('adding a user by hand', () => {
  test('answers the person, whose attributes were all typed here', async () => {
    const added = await post({ ...adele, jobTitle: 'Retail Manager', department: '  ' })
    expect(added).toMatchObject({
      status: 201,
      body: {
        ...adele,
        jobTitle: 'Retail Manager',
        department: null,
        status: 'active',
        source: 'manual',
        directory: null,
      },
    })
    expect(added.body.attributes).toHaveLength(13)
    expect(added.body.attributes.every(({ origin }) => origin === 'manual')).toBe(true)
    expect(await get(added.body.id)).toEqual(added.body)
  })

  test('raises the revision and is audited with who, what and which request', async () => {
    expect(await raisedBy(() => post(adele))).toBe(1)
    expect(await audited()).toEqual([
      {
        actor_id: panel.admin.id,
        action: 'user.created',
        target_id: expect.any(String),
        target_name: adele.displayName,
        detail: { email: adele.email },
        request_id: expect.any(String),
      },
    ])
  })

  test('refuses an email that another person has, however it is written', async () => {
    const { body } = await post(adele)
    for (const email of ['adelev@contoso.com', 'ADELEV@Contoso.COM']) {
      const refused = await post({ displayName: 'Another', email })
      expect(refused).toMatchObject({
        status: 409,
        body: { code: 'email_already_used', link: `/users/${body.id}`, fields: [{ field: 'email' }] },
      })
    }
    expect((await post({ displayName: 'Another', email: 'adele.v@contoso.com' })).status).toBe(201)
  })

  test('gives an email to one of two who ask for it at the same moment', async () => {
    const answers = await Promise.all([post(adele), post({ ...adele, displayName: 'Another' })])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
  })

  test('does not mind that somebody in another workspace has the email', async () => {
    await insertUser(db(), await insertWorkspace(db()), 'Somebody Else', { email: adele.email })
    expect((await post(adele)).status).toBe(201)
  })

  test('refuses what is no email, too long, or not for a person to set, and changes nothing', async () => {
    const wrong: [Record<string, unknown>, string][] = [
      [{ email: 'adele' }, 'email'],
      [{ email: null }, 'email'],
      [{ email: ['adelev@contoso.com'] }, 'email'],
      [{ email: `${'a'.repeat(65)}@contoso.com` }, 'email'],
      [{ displayName: ' ' }, 'displayName'],
      [{ displayName: 'x'.repeat(257) }, 'displayName'],
      [{ source: 'entra' }, 'source'],
      [{ status: 'suspended' }, 'status'],
      [{ userPrincipalName: 'adelev@contoso.com' }, 'userPrincipalName'],
    ]
    const raised = await raisedBy(async () => {
      for (const [values, field] of wrong) {
        const refused = await post({ ...adele, ...values })
        expect(refused, field).toMatchObject({
          status: 400,
          body: { code: 'bad_request', fields: [{ field }] },
        })
      }
    })
    expect(raised).toBe(0)
    expect(await audited()).toEqual([])
  })

  test('keeps hostile text as it is', async () => {
    const displayName = `<script>alert('${'$'}{1}')</script> =cmd|'/c calc'!A1`
    expect((await post({ ...adele, displayName })).body.displayName).toBe(displayName)
  })
})

describe('editing', () => {
  test('changes what is sent, raises revision and version, and is found by what is new', async () => {
    const { body } = await post({ ...adele, jobTitle: 'Manager' })
    const raised = await raisedBy(async () => {
      const edited = await patch(body.id, {
        displayName: 'Adele Smith',
        email: 'adeles@contoso.com',
        jobTitle: '',
      })
      expect(edited).toMatchObject({
        status: 200,
        body: { displayName: 'Adele Smith', email: 'adeles@contoso.com', jobTitle: null },
      })
      expect(edited.body.updatedAt > body.updatedAt).toBe(true)
    })
    expect(raised).toBe(1)
    for (const [search, total] of [
      ['smith', 1],
      ['adeles@', 1],
      ['vance', 0],
      ['adelev@', 0],
    ] as const) {
      expect((await panel.call('GET', `/api/users?search=${search}`)).body).toMatchObject({ total })
    }
    expect((await sql('select version from users')).rows).toEqual([{ version: 2 }])
    expect((await audited()).at(-1)).toMatchObject({
      action: 'user.edited',
      target_id: body.id,
      detail: {
        before: { displayName: 'Adele Vance', email: 'adelev@contoso.com', jobTitle: 'Manager' },
        after: { displayName: 'Adele Smith', email: 'adeles@contoso.com', jobTitle: null },
      },
    })
  })

  test('to what it was already changes nothing', async () => {
    const { body } = await post(adele)
    const raised = await raisedBy(async () => {
      expect((await patch(body.id, { ...adele, jobTitle: '', status: 'active' })).body).toEqual(body)
      expect((await patch(body.id, {})).body).toEqual(body)
    })
    expect(raised).toBe(0)
    expect(await audited()).toHaveLength(1)
  })

  test('refuses an email that another person has, but not one’s own in another case', async () => {
    const { body } = await post(adele)
    await post({ displayName: 'Alex Wilber', email: 'alexw@contoso.com' })
    expect(await patch(body.id, { email: 'AlexW@contoso.com' })).toMatchObject({
      status: 409,
      body: { code: 'email_already_used' },
    })
    expect((await patch(body.id, { email: 'AdeleV@contoso.com' })).body.email).toBe('AdeleV@contoso.com')
  })

  test('suspends and restores a person by hand', async () => {
    const { body } = await post(adele)
    expect((await patch(body.id, { status: 'suspended' })).body).toMatchObject({
      status: 'suspended',
      suspendedBy: 'admin',
    })
    expect((await audited()).at(-1)).toMatchObject({
      detail: { before: { status: 'active' }, after: { status: 'suspended' } },
    })
    expect((await patch(body.id, { status: 'active' })).body).toMatchObject({
      status: 'active',
      suspendedBy: null,
    })
  })

  test('refuses unknown fields and wrong values by name', async () => {
    const { body } = await post(adele)
    for (const [values, field] of [
      [{ workspaceId: crypto.randomUUID() }, 'workspaceId'],
      [{ objectId: crypto.randomUUID() }, 'objectId'],
      [{ status: 'deleted' }, 'status'],
      [{ displayName: null }, 'displayName'],
    ] as const) {
      expect(await patch(body.id, values)).toMatchObject({ status: 400, body: { fields: [{ field }] } })
    }
  })
})

describe('an imported person', () => {
  test('has attributes from the directory, except those that were typed here', async () => {
    const connection = await connect()
    const id = await insert('Alex Wilber', {
      ...imported(connection),
      job_title: 'Buyer',
      mobile_phone: '+1 425 555 0100',
      account_enabled: true,
      manual_attributes: ['mobilePhone'],
    })
    const user = await get(id)
    expect(user.directory).toMatchObject({ connectionId: connection.id, tenantId: connection.tenantId })
    expect(attribute(user, 'jobTitle')).toEqual({ name: 'jobTitle', value: 'Buyer', origin: 'entra' })
    expect(attribute(user, 'accountEnabled')).toEqual({
      name: 'accountEnabled',
      value: true,
      origin: 'entra',
    })
    expect(attribute(user, 'mobilePhone')).toMatchObject({ value: '+1 425 555 0100', origin: 'manual' })
  })

  test('keeps what the directory says against edits, and says which fields those are', async () => {
    const id = await insert('Alex Wilber', {
      ...imported(await connect()),
      manual_attributes: ['mobilePhone'],
    })
    const raised = await raisedBy(async () => {
      const refused = await patch(id, { displayName: 'Al', jobTitle: 'Boss', mobilePhone: '1' })
      expect(refused).toMatchObject({ status: 409, body: { code: 'managed_by_directory' } })
      expect(refused.body.fields?.map(({ field }) => field)).toEqual(['displayName', 'jobTitle'])
    })
    expect(raised).toBe(0)
    expect((await get(id)).displayName).toBe('Alex Wilber')
  })

  test('may be suspended by hand, sent with all that is unchanged', async () => {
    const id = await insert('Alex Wilber', { ...imported(await connect()), email: 'alexw@contoso.com' })
    const edited = await patch(id, {
      displayName: 'Alex Wilber',
      email: 'alexw@contoso.com',
      status: 'suspended',
    })
    expect(edited).toMatchObject({ status: 200, body: { status: 'suspended', suspendedBy: 'admin' } })
  })

  test('lets go of a typed value when it is emptied, so that the directory may fill it', async () => {
    const id = await insert('Alex Wilber', {
      ...imported(await connect()),
      mobile_phone: '1',
      department: 'Sales',
      manual_attributes: ['mobilePhone', 'department'],
    })
    const edited = await patch(id, { mobilePhone: '', department: 'Retail' })
    expect(attribute(edited.body, 'mobilePhone')).toMatchObject({ value: null, origin: 'entra' })
    expect(attribute(edited.body, 'department')).toMatchObject({ value: 'Retail', origin: 'manual' })
  })

  test('cannot be deleted while the next import would bring them back', async () => {
    const connection = await connect()
    const id = await insert('Alex Wilber', imported(connection))
    const refused = await panel.call<Problem>('DELETE', `/api/users/${id}`)
    expect(refused).toMatchObject({ status: 409, body: { code: 'managed_by_directory' } })
    expect(refused.body.detail).toMatch(/Alex Wilber .* bring them back/)
    await db().deleteFrom('connections').where('id', '=', connection.id).execute()
    expect((await panel.call('DELETE', `/api/users/${id}`)).status).toBe(204)
  })

  test('may be edited once its connection is gone, and what was typed is known as such', async () => {
    const connection = await connect()
    const id = await insert('Alex Wilber', { ...imported(connection), job_title: 'Buyer' })
    await db().deleteFrom('connections').where('id', '=', connection.id).execute()
    const edited = await patch(id, { jobTitle: 'Owner' })
    expect(attribute(edited.body, 'jobTitle')).toEqual({ name: 'jobTitle', value: 'Owner', origin: 'manual' })
    expect(attribute(edited.body, 'displayName')).toMatchObject({ origin: 'entra' })
  })

  test('shows the imports that touched them, newest first', async () => {
    const connection = await connect()
    const known = imported(connection)
    const id = await insert('Alex Wilber', known)
    const run = async (createdAt: string, outcome: Outcome | null, changes: unknown) => {
      const runId = crypto.randomUUID()
      const { workspaceId } = panel.admin
      await db()
        .insertInto('import_runs')
        .values({
          id: runId,
          workspace_id: workspaceId,
          connection_name: 'Microsoft Entra ID',
          tenant_id: connection.tenantId,
          verified_domains: [],
          state: 'completed',
          scope: JSON.stringify({ kind: 'all-users' }),
          mode: 'new',
          include_guests: false,
          include_disabled: false,
          created_at: new Date(createdAt),
          created_by_name: 'Operator',
          finished_at: new Date(createdAt),
        })
        .execute()
      await db()
        .insertInto('import_entries')
        .values({
          run_id: runId,
          workspace_id: workspaceId,
          object_id: known.object_id!,
          display_name: 'Alex Wilber',
          name_folded: 'alex wilber',
          search: 'alex wilber',
          user_id: id,
          outcome,
          changes: changes === null ? null : JSON.stringify(changes),
        })
        .execute()
      return runId
    }
    const created = await run('2026-01-01T00:00:00Z', 'created', null)
    await run('2026-01-02T00:00:00Z', 'unchanged', [])
    await run('2026-01-03T00:00:00Z', null, [])
    const updated = await run('2026-01-04T00:00:00Z', 'updated', [
      { attribute: 'jobTitle' },
      { attribute: 'email' },
    ])
    expect((await get(id)).imports).toEqual([
      { id: updated, at: '2026-01-04T00:00:00.000Z', outcome: 'updated', changes: 2 },
      { id: created, at: '2026-01-01T00:00:00.000Z', outcome: 'created', changes: 0 },
    ])
  })
})

describe('deleting', () => {
  test('removes a person added by hand, raises the revision and is audited', async () => {
    const { body } = await post(adele)
    const raised = await raisedBy(async () => {
      expect((await panel.call('DELETE', `/api/users/${body.id}`)).status).toBe(204)
    })
    expect(raised).toBe(1)
    expect((await panel.call('GET', `/api/users/${body.id}`)).status).toBe(404)
    expect((await panel.call('DELETE', `/api/users/${body.id}`)).status).toBe(404)
    expect((await audited()).map(({ action }) => action)).toEqual(['user.created', 'user.deleted'])
  })
})

test('an id that is unknown, malformed or of another workspace is not found, and all alike', async () => {
  const foreign = await insertUser(db(), await insertWorkspace(db()), 'Somebody Else', {
    email: 'else@contoso.com',
  })
  const details = new Set<string>()
  for (const id of [foreign, crypto.randomUUID()]) {
    for (const answer of [
      await panel.call<Problem>('GET', `/api/users/${id}`),
      await patch(id, { displayName: 'Mine now' }),
      await panel.call<Problem>('DELETE', `/api/users/${id}`),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
      details.add(answer.body.detail)
    }
  }
  expect(details.size).toBe(1)
  expect((await panel.call('GET', '/api/users/1')).status).toBe(404)
  expect((await sql(`select display_name from users where id = '${foreign}'`)).rows).toEqual([
    { display_name: 'Somebody Else' },
  ])
})
