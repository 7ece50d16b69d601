import type { AddressInfo } from 'node:net'
import type { Entry, ImportRun } from '@keyroster/api/imports.ts'
import type { Problem } from '@keyroster/api/problem.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCsv } from './test-csv.ts'
import { createTestImport, type TestImport } from './test-import.ts'

let test: TestImport
let run: ImportRun
/** Values that a spreadsheet would compute, and honest ones that look alike. */
const risky = ['=1+1', '+49 30 901820', '-3', '@adele', '\tTab', '\r=1', ' =1', '＝1+1', "=cmd|'/c calc'!A1"]

beforeAll(async () => {
  test = await createTestImport()
  const people = [...test.emulator.tenant.directory.users()].slice(0, risky.length)
  for (const [at, { id }] of people.entries())
    test.emulator.tenant.directory.updateUser(id, { displayName: risky[at]!, jobTitle: risky[at]! })
  run = await test.plan()
})
afterAll(() => test.close())

const download = (format: string) =>
  test
    .call<string>('GET', `/api/imports/${run.id}/plan.${format}`)
    .then(({ body, headers }) => ({ body, headers }))

describe('a download of everybody in a run', () => {
  it('as JSON lines has every value exactly as it is, where CSV has an apostrophe before some', async () => {
    const { body, headers } = await download('jsonl')
    const entries = body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Entry)
    expect(entries).toHaveLength(run.read)
    expect(entries.slice(0, 200)).toEqual(await test.entries(run.id))
    const names = entries.map(({ displayName }) => displayName)
    expect(names).toEqual(expect.arrayContaining(risky))
    expect(headers).toMatchObject({
      'content-type': 'application/jsonl; charset=utf-8',
      'content-disposition': expect.stringMatching(
        /^attachment; filename="import-plan-\d{4}-\d\d-\d\d\.jsonl"$/,
      ),
    })

    const [, ...lines] = readCsv((await download('csv')).body.replace(/^\ufeff/, ''))
    const cells = lines.map(([name]) => name)
    expect(cells).toEqual(names.map((name) => (risky.includes(name) ? `'${name}` : name)))
  })

  it('is one of twenty streams that a session may hold, and none of another session’s', async () => {
    await test.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = test.app.server.address() as AddressInfo
    const leaving = new AbortController()
    const open = (cookie: string) =>
      fetch(`http://127.0.0.1:${port}/api/imports/${run.id}/events`, {
        headers: { cookie },
        signal: leaving.signal,
      })
    for (let held = 0; held < 20; held += 1) expect((await open(test.cookie)).status).toBe(200)
    const refused = await open(test.cookie)
    expect(refused.status).toBe(429)
    expect(await refused.json()).toMatchObject({ code: 'too_many_requests' })
    expect((await test.call('GET', `/api/imports/${run.id}/plan.csv`)).status).toBe(429)
    expect((await test.call('GET', `/api/imports/${run.id}`)).status).toBe(200)

    leaving.abort()
    await expect
      .poll(async () => (await test.call('GET', `/api/imports/${run.id}/plan.csv`)).status, { timeout: 5000 })
      .toBe(200)
  })
})

describe('starting imports', () => {
  it('ends at sixty within an hour, says when it goes on, and counts no other workspace', async () => {
    const { db } = test.panel.database
    await test.call('POST', `/api/imports/${run.id}/cancel`, {})
    await test.until(run.id, ({ state }) => state === 'cancelled')
    const copy = (workspace: string, count: number) =>
      sql`
      insert into import_runs (id, workspace_id, connection_id, connection_name, tenant_id, verified_domains, state, scope, mode,
        include_guests, include_disabled, created_by_name, created_at)
      select gen_random_uuid(), ${workspace}, connection_id, connection_name, tenant_id, verified_domains, state, scope, mode,
        include_guests, include_disabled, created_by_name, now() - interval '30 minutes'
      from import_runs, generate_series(1, ${count}) where id = ${run.id}`.execute(db)
    const start = (id = crypto.randomUUID()) =>
      test.call<Problem>('POST', '/api/imports', {
        id,
        connectionId: test.connectionId,
        scope: { kind: 'all-users' },
        mode: 'new',
      })
    const other = await sql<{
      id: string
    }>`insert into workspaces (name) values ('Fabrikam') returning id`.execute(db)
    await copy(other.rows[0]!.id, 60)
    await copy(test.admin.workspaceId, 58)
    const last = crypto.randomUUID()
    expect((await start(last)).status).toBe(202)
    await test.until(last, ({ state }) => state === 'ready')
    await test.call('POST', `/api/imports/${last}/cancel`, {})
    await test.until(last, ({ state }) => state === 'cancelled')
    const { status, body } = await start()
    expect({ status, code: body.code }).toEqual({ status: 429, code: 'too_many_requests' })
    expect(body.detail).toMatch(/^This workspace started 60 imports within an hour.* in (29|30) minutes\.$/)
    expect((await start(last)).status).toBe(200)

    await sql`update import_runs set created_at = now() - interval '2 hours' where id <> ${last}`.execute(db)
    expect((await start()).status).toBe(202)
  })
})
