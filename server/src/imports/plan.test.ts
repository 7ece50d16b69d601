import { randomUUID } from 'node:crypto'
import type { Entry } from '@keyroster/api/imports.ts'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../db/open.ts'
import { inWorkspace } from '../db/reach.ts'
import { createTestDatabase } from '../db/test-database.ts'
import type { DirectoryUser } from '../entra/directory-user.ts'
import { takeLease } from './lease.ts'
import { allEntries } from './list-entries.ts'
import { plan } from './plan.ts'
import { readRun } from './read-run.ts'
import { directoryUser, insertUser, planRun, type TestRun, type TestUser } from './test-run.ts'

let database: Database
let workspaceId: string

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  const made = await sql<{
    id: string
  }>`insert into workspaces (name) values ('Contoso') returning id`.execute(database.db)
  workspaceId = made.rows[0]!.id
})

async function planned(people: Parameters<typeof planRun>[2], wish: TestRun = {}): Promise<Entry[]> {
  return inWorkspace(workspaceId, async () => {
    const runId = await planRun(database.db, workspaceId, people, wish)
    return Array.fromAsync(allEntries(database.db, runId))
  })
}

const ADELE = '22222222-2222-4222-8222-222222222222'
const adele = (known: Partial<DirectoryUser> = {}) =>
  directoryUser({ objectId: ADELE, displayName: 'Adele Vance', mail: 'adele@contoso.com', ...known })

interface Case {
  title: string
  here?: TestUser[]
  there?: Partial<DirectoryUser>
  run?: TestRun
  expected: Partial<Pick<Entry, 'action' | 'reason' | 'conflict' | 'match' | 'choices'>>
}

const cases: Case[] = [
  { title: 'somebody new is created', expected: { action: 'create', match: 'none', reason: null } },
  {
    title: 'somebody new is left out where nobody may be added',
    run: { mode: 'existing' },
    expected: { action: 'skip', reason: 'not-in-workspace' },
  },
  {
    title: 'an email of one person links them',
    here: [{ email: 'Adele@Contoso.com' }],
    expected: { action: 'link', match: 'email' },
  },
  {
    title: 'an email of one person leaves them as they are without sync',
    here: [{ email: 'adele@contoso.com' }],
    run: { mode: 'new' },
    expected: { action: 'skip', reason: 'already-exists', match: 'email' },
  },
  {
    title: 'an email of two people needs a person',
    here: [{ email: 'adele@contoso.com' }, { email: 'ADELE@contoso.com' }],
    expected: {
      action: 'conflict',
      conflict: 'email-ambiguous',
      match: 'ambiguous',
      choices: ['create', 'skip'],
    },
  },
  {
    title: 'an email of somebody linked to another account needs a person and can never link',
    here: [{ email: 'adele@contoso.com', objectId: randomUUID() }],
    expected: { action: 'conflict', conflict: 'email-linked-elsewhere', choices: ['create', 'skip'] },
  },
  {
    title: 'an email of somebody linked to another tenant needs a person',
    here: [{ email: 'adele@contoso.com', objectId: ADELE, tenantId: randomUUID() }],
    expected: { action: 'conflict', conflict: 'email-linked-elsewhere' },
  },
  {
    title: 'an email in a domain the tenant has not verified needs a person',
    here: [{ email: 'adele@contoso.com' }],
    run: { verifiedDomains: ['fabrikam.com'] },
    expected: { action: 'conflict', conflict: 'domain-unverified', choices: ['link', 'create', 'skip'] },
  },
  {
    title: 'an email that cannot be compared leaves somebody out where nobody may be added',
    there: { mail: 'jörg@contoso.com' },
    run: { mode: 'existing' },
    expected: { action: 'skip', reason: 'not-in-workspace', conflict: null },
  },
  {
    title: 'a guest with the email of somebody here needs a person, whatever the domain',
    here: [{ email: 'adele@contoso.com' }],
    there: { userType: 'Guest' },
    run: { includeGuests: true },
    expected: { action: 'conflict', conflict: 'domain-unverified' },
  },
  {
    title: 'a guest is left out',
    there: { userType: 'Guest' },
    expected: { action: 'skip', reason: 'guest' },
  },
  {
    title: 'an old account without a type counts as guest by its name',
    there: { userType: null, userPrincipalName: 'adele_fabrikam.com#EXT#@contoso.onmicrosoft.com' },
    expected: { action: 'skip', reason: 'guest' },
  },
  {
    title: 'a guest without mail has no email, because #EXT# is none',
    there: {
      userType: 'Guest',
      mail: null,
      userPrincipalName: 'adele_fabrikam.com#EXT#@contoso.onmicrosoft.com',
    },
    run: { includeGuests: true },
    expected: { action: 'skip', reason: 'no-email' },
  },
  {
    title: 'a member without mail is created by their user principal name',
    there: { mail: null, userPrincipalName: 'adele@contoso.onmicrosoft.com' },
    expected: { action: 'create' },
  },
  {
    title: 'a disabled account is left out',
    there: { accountEnabled: false },
    expected: { action: 'skip', reason: 'disabled' },
  },
  {
    title: 'a disabled account is created where asked for',
    there: { accountEnabled: false },
    run: { includeDisabled: true },
    expected: { action: 'create' },
  },
  {
    title: 'an account whose state is unknown is not disabled',
    there: { accountEnabled: null },
    expected: { action: 'create' },
  },
  {
    title: 'a linked person whose account is disabled is suspended',
    here: [{ email: 'adele@contoso.com', objectId: ADELE }],
    there: { accountEnabled: false },
    expected: { action: 'suspend', match: 'object-id' },
  },
  {
    title: 'a linked person whose account is disabled is left as they are without sync',
    here: [{ email: 'adele@contoso.com', objectId: ADELE }],
    there: { accountEnabled: false },
    run: { mode: 'new' },
    expected: { action: 'skip', reason: 'already-exists' },
  },
  {
    title: 'a linked person whose account state is unknown is not suspended',
    here: [{ email: 'adele@contoso.com', objectId: ADELE }],
    there: { accountEnabled: null },
    expected: { action: 'update' },
  },
  {
    title: 'a person suspended by an import is restored with their account',
    here: [{ email: 'adele@contoso.com', objectId: ADELE, status: 'suspended' }],
    expected: { action: 'restore' },
  },
  {
    title: 'a person suspended by an admin stays suspended',
    here: [{ email: 'adele@contoso.com', objectId: ADELE, status: 'suspended', suspendedBy: 'admin' }],
    expected: { action: 'update' },
  },
  {
    title: 'a linked person with a new email is updated, whoever has that email',
    here: [{ email: 'old@contoso.com', objectId: ADELE }, { email: 'adele@contoso.com' }],
    expected: { action: 'update', match: 'object-id' },
  },
  {
    title: 'an email that cannot be compared safely matches nobody and needs a person',
    here: [{ email: 'adele@contoso.com' }, { email: 'ad\u212Ale@contoso.com' }],
    there: { mail: 'ad\u212Ale@contoso.com' },
    expected: {
      action: 'conflict',
      conflict: 'email-not-comparable',
      match: 'none',
      choices: ['create', 'skip'],
    },
  },
]

describe('what is planned for one directory user', () => {
  it.each(cases)('$title', async ({ here = [], there, run, expected }) => {
    for (const user of here) await insertUser(database.db, workspaceId, user)
    const [entry] = await planned([adele(there)], run)
    expect(entry).toMatchObject(expected)
  })
})

describe('two directory users with one email', () => {
  it('need a decision each, and only one can be the person who is here', async () => {
    await insertUser(database.db, workspaceId, { email: 'adele@contoso.com' })
    const entries = await planned([adele(), directoryUser({ mail: 'ADELE@contoso.com' })])
    expect(entries.map((entry) => entry.conflict)).toEqual(['email-shared', 'email-shared'])
    expect(entries[0]!.choices).toEqual(['link', 'create', 'skip'])
  })
  it('are no conflict where one of them is left out', async () => {
    const entries = await planned([
      adele(),
      directoryUser({ mail: 'adele@contoso.com', accountEnabled: false }),
    ])
    expect(entries.map((entry) => entry.action).sort()).toEqual(['create', 'skip'])
  })
})

describe('the plan of a run', () => {
  it('shows before and after of every attribute that changes, and keeps what the directory does not have', async () => {
    await insertUser(database.db, workspaceId, {
      email: 'adele@contoso.com',
      displayName: 'Adele',
      jobTitle: 'Manager',
    })
    const [entry] = await planned([adele({ jobTitle: null, department: 'Retail' })])
    const byName = Object.fromEntries(
      entry!.changes.map((change) => [change.attribute, [change.before, change.after]]),
    )
    expect(byName.displayName).toEqual(['Adele', 'Adele Vance'])
    expect(byName.department).toEqual([null, 'Retail'])
    expect(byName).not.toHaveProperty('jobTitle')
    expect(byName).not.toHaveProperty('email')
  })

  it('has one entry for somebody read twice, the last read winning', async () => {
    const runId = await planRun(database.db, workspaceId, [
      adele({ department: 'Retail' }),
      adele({ department: 'Sales' }),
    ])
    const run = await readRun(database.db, workspaceId, runId)
    expect(run.read).toBe(1)
    expect(run.plan.create).toBe(1)
  })

  it('leaves out a record that cannot be read, with the reason', async () => {
    const [entry] = await planned([
      { objectId: null, displayName: 'Broken', invalid: 'It has no object ID.' },
    ])
    expect(entry).toMatchObject({
      action: 'skip',
      reason: 'invalid-record',
      problem: { detail: 'It has no object ID.' },
    })
  })

  it('asks explicitly when more than three and a tenth of the linked people would be suspended', async () => {
    const people = Array.from({ length: 4 }, () => directoryUser({ accountEnabled: false }))
    for (const person of people)
      await insertUser(database.db, workspaceId, { email: person.mail, objectId: person.objectId })
    const runId = await planRun(database.db, workspaceId, people)
    expect((await readRun(database.db, workspaceId, runId)).safeguard).toBe(true)
  })

  const person = fc.record({
    // A handful of mailboxes, so that people collide here and there.
    mailbox: fc.constantFrom('a', 'b', 'c', 'd', null),
    guest: fc.boolean(),
    enabled: fc.constantFrom(true, false, null),
    here: fc.constantFrom('nobody', 'by-hand', 'linked', 'linked-elsewhere', 'suspended'),
  })
  const choices = fc.record({
    mode: fc.constantFrom('new', 'new-and-existing', 'existing'),
    includeGuests: fc.boolean(),
    includeDisabled: fc.boolean(),
  })

  it('keeps its promises for any directory and any workspace', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 12 }), choices, async (people, wish) => {
        const made = await sql<{
          id: string
        }>`insert into workspaces (name) values ('Any') returning id`.execute(database.db)
        workspaceId = made.rows[0]!.id
        const directory: DirectoryUser[] = []
        for (const { mailbox, guest, enabled, here } of people) {
          const mail = mailbox && `${mailbox}@contoso.com`
          const user = directoryUser({
            mail,
            userPrincipalName: mail ?? 'nobody',
            userType: guest ? 'Guest' : 'Member',
            accountEnabled: enabled,
          })
          directory.push(user)
          if (here === 'by-hand') await insertUser(database.db, workspaceId, { email: mail })
          if (here === 'linked-elsewhere')
            await insertUser(database.db, workspaceId, { email: mail, objectId: randomUUID() })
          if (here === 'linked' || here === 'suspended')
            await insertUser(database.db, workspaceId, {
              email: mail,
              objectId: user.objectId,
              status: here === 'suspended' ? 'suspended' : 'active',
            })
        }
        const runId = await planRun(database.db, workspaceId, directory, wish)
        const run = await readRun(database.db, workspaceId, runId)
        const entries = await inWorkspace(workspaceId, () => Array.fromAsync(allEntries(database.db, runId)))

        expect(entries).toHaveLength(directory.length)
        expect(Object.values(run.plan).reduce((sum, count) => sum + count, 0)).toBe(directory.length)
        const targets = entries.filter((entry) => entry.action === 'link').map((entry) => entry.user?.id)
        expect(new Set(targets).size).toBe(targets.length)
        for (const entry of entries) {
          expect(entry.action).not.toBeNull()
          expect(entry.reason !== null).toBe(entry.action === 'skip')
          expect(entry.conflict !== null).toBe(entry.action === 'conflict')
          if (wish.mode === 'existing') expect(entry.action).not.toBe('create')
          if (wish.mode === 'new') expect(['create', 'skip', 'conflict']).toContain(entry.action)
          if (entry.action === 'suspend') expect(entry.accountEnabled).toBe(false)
          if (entry.action === 'create' && !wish.includeDisabled) expect(entry.accountEnabled).not.toBe(false)
          if (entry.action === 'create' && !wish.includeGuests) expect(entry.userType).not.toBe('Guest')
          if (entry.action === 'link') expect(entry.userType).not.toBe('Guest')
        }
        // Nothing changed meanwhile, so planning again finds the same plan and rewrites no row.
        await sql`update import_runs set state = 'planning' where id = ${runId}`.execute(database.db)
        const lease = await takeLease(database.db, runId)
        await plan(database.db, lease!)
        const again = await readRun(database.db, workspaceId, runId)
        expect(again.fingerprint).toBe(run.fingerprint)
        expect(again.replanned?.changed).toBe(0)
      }),
      { numRuns: 40 },
    )
  })
})
