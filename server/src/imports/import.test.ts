import type { ImportRun } from '@keyroster/api/imports.ts'
import type { Problem } from '@keyroster/api/problem.ts'
import type { User } from '@keyroster/api/users.ts'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { letTouchesAge } from '../admins/test-admins.ts'
import { createTestImport, isEnabledMember, type TestImport } from './test-import.ts'

let test: TestImport
beforeEach(async () => {
  test = await createTestImport()
})
afterEach(() => test.close())

/** Confirms over the safeguard as a script would, with a token that may run imports. */
async function confirmByToken({ id, fingerprint }: ImportRun) {
  const made = await test.call<{ secret: string }>('POST', '/api/tokens', {
    name: 'T',
    scopes: ['imports.run'],
  })
  const answer = await test.app.inject({
    method: 'POST',
    url: `/api/imports/${id}/confirm`,
    headers: { authorization: `Bearer ${made.body.secret}` },
    payload: { fingerprint, acknowledgeSuspensions: true },
  })
  return { status: answer.statusCode, body: answer.json<Problem>() }
}

/** What the workspace holds, by object id. */
async function imported() {
  const { db } = test.panel.database
  const rows = await sql<
    Record<string, string | boolean | null>
  >`select * from users where object_id is not null`.execute(db)
  return new Map(rows.rows.map((row) => [row.object_id as string, row]))
}

const person = (name: string) =>
  [...test.emulator.tenant.directory.users()].find((user) => user.displayName === name)!

describe('importing everybody of a tenant', () => {
  it('brings in exactly the enabled members, attribute by attribute', async () => {
    const ready = await test.plan()
    expect(ready.state).toBe('ready')
    const expected = [...test.emulator.tenant.directory.users()]
    expect(ready.read).toBe(expected.length)
    const run = await test.applyPlan(ready)
    expect(run.state).toBe('completed')
    const here = await imported()
    const shared = await test.entries(run.id, 'conflict=email-shared')
    const wanted = expected
      .filter(isEnabledMember)
      .filter((user) => !shared.some((entry) => entry.objectId === user.id))
    expect([...here.keys()].sort()).toEqual(wanted.map((user) => user.id).sort())
    for (const user of wanted) {
      const row = here.get(user.id)!
      expect(row).toMatchObject({
        display_name: user.displayName,
        email: user.mail ?? user.userPrincipalName,
        user_principal_name: user.userPrincipalName,
        job_title: user.jobTitle ?? null,
        department: user.department ?? null,
        employee_id: user.employeeId ?? null,
        account_enabled: user.accountEnabled,
        status: 'active',
        source: 'entra',
      })
    }
  })

  it('finds nothing to do the second time, and writes nobody', async () => {
    await test.applyPlan(await test.plan())
    const before = await imported()
    const again = await test.plan()
    expect(again.toApply).toBe(0)
    const run = await test.applyPlan(again)
    expect(run.outcomes.unchanged).toBe(before.size)
    expect(await imported()).toEqual(before)
  })

  it('follows a linked person through a new name and a new email, and suspends and restores with the account', async () => {
    await test.applyPlan(await test.plan())
    const adele = person('Adele Vance')
    const { directory } = test.emulator.tenant
    directory.updateUser(adele.id, { displayName: 'Adele Vance-Berger', mail: 'adele.berger@contoso.com' })
    directory.updateUser(person('Lee Gu').id, { accountEnabled: false })
    const second = await test.plan()
    expect([second.plan.update, second.plan.suspend, second.plan.create]).toEqual([1, 1, 0])
    await test.applyPlan(second)
    const here = await imported()
    expect(here.get(adele.id)).toMatchObject({
      display_name: 'Adele Vance-Berger',
      email: 'adele.berger@contoso.com',
    })
    expect(here.get(person('Lee Gu').id)).toMatchObject({ status: 'suspended', suspended_by: 'import' })
    directory.updateUser(person('Lee Gu').id, { accountEnabled: true })
    const third = await test.plan()
    expect(third.plan.restore).toBe(1)
    await test.applyPlan(third)
    expect((await imported()).get(person('Lee Gu').id)).toMatchObject({
      status: 'active',
      suspended_by: null,
    })
  })

  it('leaves a notification and finishes with a sentence', async () => {
    const run = await test.applyPlan(await test.plan())
    expect(run.sentence).toMatch(/^\d+ users created.* left out\.$/)
    const { body } = await test.call<{ items: { title: string; body: string }[] }>(
      'GET',
      '/api/notifications',
    )
    expect(body.items[0]).toMatchObject({ title: 'The import is complete', body: run.sentence })
  })
})

describe('people who are here already', () => {
  beforeEach(async () => {
    await test.call('POST', '/api/users', {
      displayName: 'Adele',
      email: person('Adele Vance').mail!.toLowerCase(),
    })
  })

  it('are left as they are, and reported, without sync', async () => {
    const run = await test.applyPlan(await test.plan({ mode: 'new' }))
    const [entry] = await test.entries(run.id, 'reason=already-exists')
    expect(entry).toMatchObject({
      displayName: 'Adele Vance',
      outcome: 'skipped',
      user: { displayName: 'Adele' },
    })
    expect((await imported()).has(person('Adele Vance').id)).toBe(false)
  })

  it('are linked and updated with sync', async () => {
    const run = await test.applyPlan(await test.plan())
    expect(run.outcomes.linked).toBe(1)
    expect((await imported()).get(person('Adele Vance').id)).toMatchObject({
      display_name: 'Adele Vance',
      source: 'entra',
    })
  })

  it('are the only ones touched when nobody may be added', async () => {
    const run = await test.applyPlan(await test.plan({ mode: 'existing' }))
    expect([run.outcomes.linked, run.outcomes.created]).toEqual([1, 0])
    expect((await imported()).size).toBe(1)
  })
})

describe('two directory users with one email', () => {
  it('are left out until decided, then imported as decided', async () => {
    const ready = await test.plan()
    const pair = await test.entries(ready.id, 'conflict=email-shared')
    expect(pair.length).toBe(2)
    // Nobody here has the email, so there is nobody to be linked.
    expect(pair.map((entry) => entry.choices)).toEqual(pair.map(() => ['create', 'skip']))
    const [one, other] = pair
    const decide = (objectId: string, decision: string) =>
      test.call<ImportRun>('POST', `/api/imports/${ready.id}/decisions`, {
        about: { objectIds: [objectId] },
        decision,
      })
    await decide(one!.objectId, 'create')
    const { body: decided } = await decide(other!.objectId, 'skip')
    expect(decided.plan.conflict).toBe(0)
    expect(decided.fingerprint).not.toBe(ready.fingerprint)
    await test.applyPlan(decided)
    const here = await imported()
    expect([here.has(one!.objectId), here.has(other!.objectId)]).toEqual([true, false])
  })

  it('cannot both be linked to one person', async () => {
    const shared = (await test.entries((await test.plan()).id, 'conflict=email-shared'))[0]!.email
    const { body: runs } = await test.call<{ items: ImportRun[] }>('GET', '/api/imports')
    await test.call('POST', `/api/imports/${runs.items[0]!.id}/cancel`, {})
    await test.call('POST', '/api/users', { displayName: 'Already here', email: shared })
    const ready = await test.plan()
    const refused = await test.call<Problem>('POST', `/api/imports/${ready.id}/decisions`, {
      about: { conflict: 'email-shared' },
      decision: 'link',
    })
    expect(refused.status).toBe(400)
    for (const entry of await test.entries(ready.id, 'conflict=email-shared'))
      await test.call('POST', `/api/imports/${ready.id}/decisions`, {
        about: { objectIds: [entry.objectId] },
        decision: 'link',
      })
    const links = (await test.entries(ready.id, 'conflict=email-shared')).filter(
      (entry) => entry.action === 'link',
    )
    expect(links).toHaveLength(1)
  })
})

describe('a run', () => {
  it('is the same one when the button is pressed twice', async () => {
    const ready = await test.plan()
    const again = await test.call<ImportRun>('POST', '/api/imports', {
      id: ready.id,
      connectionId: test.connectionId,
      scope: { kind: 'all-users' },
      mode: 'new',
    })
    expect([again.status, again.body.mode]).toEqual([200, 'new-and-existing'])
  })

  it('keeps a second one of its connection out, and says where it is', async () => {
    const ready = await test.plan()
    const second = await test.call<Problem>('POST', '/api/imports', {
      id: crypto.randomUUID(),
      connectionId: test.connectionId,
      scope: { kind: 'all-users' },
      mode: 'new',
    })
    expect([second.status, second.body.code, second.body.link]).toEqual([
      409,
      'import_already_running',
      `/imports/${ready.id}`,
    ])
  })

  it('is planned again when the workspace changed after the review, and shows what differs', async () => {
    const ready = await test.plan()
    await test.call('POST', '/api/users', { displayName: 'Adele', email: person('Adele Vance').mail })
    const refused = await test.call<Problem>('POST', `/api/imports/${ready.id}/confirm`, {
      fingerprint: ready.fingerprint,
    })
    expect([refused.status, refused.body.code]).toEqual([409, 'plan_outdated'])
    const again = await test.until(ready.id, (run) => run.state === 'ready')
    expect(again.replanned).toMatchObject({ changed: 1, before: { link: 0 }, after: { link: 1 } })
    const old = await test.call<Problem>('POST', `/api/imports/${ready.id}/confirm`, {
      fingerprint: ready.fingerprint,
    })
    expect([old.status, old.body.code]).toEqual([409, 'plan_outdated'])
    const run = await test.applyPlan(again)
    expect(run.outcomes.linked).toBe(1)
  })

  it('asks again where the answer to a conflict is possible no more, because whom it meant is gone', async () => {
    const adele = person('Adele Vance')
    test.emulator.tenant.directory.updateUser(person('Alex Wilber').id, { mail: adele.mail })
    const here = await test.call<User>('POST', '/api/users', { displayName: 'Adele', email: adele.mail })
    const ready = await test.plan()
    const { body: decided } = await test.call<ImportRun>('POST', `/api/imports/${ready.id}/decisions`, {
      about: { objectIds: [adele.id] },
      decision: 'link',
    })
    expect(decided.plan.link).toBe(1)
    await test.call('DELETE', `/api/users/${here.body.id}`)
    const { fingerprint } = decided
    await test.call('POST', `/api/imports/${ready.id}/confirm`, { fingerprint })
    const again = await test.until(ready.id, (run) => run.state === 'ready')
    expect([again.plan.link, again.plan.conflict]).toEqual([0, decided.plan.conflict + 1])
    const [asked] = (await test.entries(ready.id)).filter((entry) => entry.objectId === adele.id)
    expect(asked).toMatchObject({ action: 'conflict', decision: null, choices: ['create', 'skip'] })
  })

  it('touches nobody who changed after it was confirmed, says so, and imports them in a retry', async () => {
    const { db } = test.panel.database
    const ready = await test.plan()
    const adele = person('Adele Vance')
    // A person by hand gets the email in the moment between confirming and writing: no route can be that quick.
    await sql`update workspaces set revision = revision + 1`.execute(db)
    await sql`update import_runs set planned_revision = planned_revision + 1`.execute(db)
    await sql`
      insert into users (workspace_id, display_name, email, email_folded, name_folded, search)
      values (${test.admin.workspaceId}, 'Adele', ${adele.mail}, ${adele.mail!.toLowerCase()}, 'adele', 'adele')`.execute(
      db,
    )
    const run = await test.applyPlan(ready)
    expect([run.state, run.outcomes.failed, run.retriable]).toEqual(['completed-with-problems', 1, 1])
    const [failed] = await test.entries(run.id, 'outcome=failed')
    expect(failed).toMatchObject({ objectId: adele.id, problem: { code: 'changed_since_review' } })
    const retry = await test.plan({ scope: { kind: 'retry', importId: run.id } })
    expect([retry.read, retry.plan.link]).toEqual([1, 1])
    expect((await test.applyPlan(retry)).outcomes.linked).toBe(1)
  })

  it('that would suspend unusually many is applied only when a person with a fresh touch says so', async () => {
    await test.applyPlan(await test.plan())
    const { directory } = test.emulator.tenant
    for (const id of (await imported()).keys()) directory.updateUser(id, { accountEnabled: false })
    const ready = await test.plan()
    expect(ready.safeguard).toBe(true)
    const confirm = (acknowledgeSuspensions: boolean) =>
      test.call<Problem>('POST', `/api/imports/${ready.id}/confirm`, {
        fingerprint: ready.fingerprint,
        acknowledgeSuspensions,
      })
    const refused = await confirm(false)
    expect([refused.status, refused.body.code]).toEqual([409, 'suspensions_not_acknowledged'])
    expect(await confirmByToken(ready)).toMatchObject({ status: 403, body: { code: 'not_allowed' } })
    await letTouchesAge(test)
    expect(await confirm(true)).toMatchObject({ status: 403, body: { code: 'step_up_needed' } })
    await test.panel.database.pool.query('update sessions set stepped_up_at = now()')
    expect((await confirm(true)).status).toBe(202)
    const run = await test.until(ready.id, ({ state }) => state === 'completed')
    expect(run.outcomes.suspended).toBe(ready.plan.suspend)
  })

  it('can be cancelled while it waits for the review, and changes nobody', async () => {
    const ready = await test.plan()
    const { body } = await test.call<ImportRun>('POST', `/api/imports/${ready.id}/cancel`, {})
    expect([body.state, body.sentence]).toEqual(['cancelled', 'Cancelled before anything was changed.'])
    const late = await test.call<Problem>('POST', `/api/imports/${ready.id}/confirm`, {
      fingerprint: ready.fingerprint,
    })
    expect([late.status, late.body.code]).toEqual([409, 'import_not_ready'])
    expect((await imported()).size).toBe(0)
  })

  it('that nobody knows is not found, and neither is one of another workspace', async () => {
    const ready = await test.plan()
    const { db } = test.panel.database
    const other = await sql<{
      id: string
    }>`insert into workspaces (name) values ('Fabrikam') returning id`.execute(db)
    await sql`update import_runs set workspace_id = ${other.rows[0]!.id}`.execute(db)
    for (const id of [ready.id, crypto.randomUUID()])
      for (const path of ['', '/entries', '/samples', '/plan.csv', '/events'])
        expect((await test.call('GET', `/api/imports/${id}${path}`)).status).toBe(404)
    const body = { fingerprint: ready.fingerprint }
    expect((await test.call('POST', `/api/imports/${ready.id}/confirm`, body)).status).toBe(404)
    expect((await test.call('POST', `/api/imports/${ready.id}/cancel`, {})).status).toBe(404)
  })

  it('fails with the permission named where access was taken back, and changes nobody', async () => {
    test.emulator.revoke(['User.Read.All'])
    const run = await test.plan()
    expect([run.state, run.problem?.code]).toEqual(['failed', 'permission_missing'])
    expect(run.problem?.remedy).toContain('User.Read.All')
  })
})

describe('the CSV of a run', () => {
  it('has a line for everybody, and no cell that a spreadsheet would run', async () => {
    const adele = person('Adele Vance')
    test.emulator.tenant.directory.updateUser(adele.id, { displayName: '=HYPERLINK("http://evil.example")' })
    const ready = await test.plan()
    const { body } = await test.call<string>('GET', `/api/imports/${ready.id}/plan.csv`)
    const lines = body.trim().split('\r\n')
    expect(lines).toHaveLength(ready.read + 1)
    expect(body).toContain(`"'=HYPERLINK(""http://evil.example"")"`)
  })
})
