import type { Entry, ImportRun } from '@keyroster/api/imports.ts'
import type { UserDetail } from '@keyroster/api/users.ts'
import { HOSTILE_DOMAIN, hostileId } from 'entra-emulator/hostile-people'
import { sql } from 'kysely'
import { createTestImport, type TestImport } from './test-import.ts'

/** People by hand whose email somebody of the tenant has nearly, or has and proves nothing by it. */
export const BY_HAND = [
  'paypal',
  'row-19',
  'jose',
  'ivan',
  'strasse',
  'sam',
  'kim',
  'fiona',
  'owner',
  'row-32@gmail.example',
  'row-34@unverified.example',
].map((email) => (email.includes('@') ? email : `${email}@${HOSTILE_DOMAIN}`))

export interface HostileImport extends TestImport {
  /** The run as it was planned, before its conflicts were decided. */
  ready: ImportRun
  run: ImportRun
  entriesById: Map<string, Entry>
  /** The entry of somebody of the tenant, by their row of the list. */
  entryOf(key: string): Entry
  /** The user that somebody of the tenant became. */
  detailOf(key: string): Promise<UserDetail>
}

/** Everybody of the hostile tenant imported beside people by hand; whoever is in conflict became a new user. */
export async function createHostileImport(): Promise<HostileImport> {
  // Small pages, so that what belongs together comes apart.
  const test = await createTestImport({ seed: 'hostile', largestPage: 25 })
  for (const email of BY_HAND)
    await test.call('POST', '/api/users', { displayName: `By hand ${email}`, email })
  const owner = `owner@${HOSTILE_DOMAIN}`
  await sql`update admins set email = ${owner}, email_folded = ${owner}`.execute(test.panel.database.db)
  const ready = await test.plan({ includeGuests: true })
  for (const conflict of ['email-shared', 'email-of-admin', 'domain-unverified', 'email-not-comparable'])
    await test.call('POST', `/api/imports/${ready.id}/decisions`, { about: { conflict }, decision: 'create' })
  const decided = (await test.call<ImportRun>('GET', `/api/imports/${ready.id}`)).body
  const run = await test.applyPlan(decided)
  const entriesById = new Map((await test.entries(run.id)).map((entry) => [entry.objectId, entry]))
  const entryOf = (key: string) => entriesById.get(hostileId(key))!
  return {
    ...test,
    ready,
    run,
    entriesById,
    entryOf,
    detailOf: async (key) => (await test.call<UserDetail>('GET', `/api/users/${entryOf(key).user!.id}`)).body,
  }
}

/** The attributes of a user, by name. */
export const attributesOf = (detail: UserDetail): Record<string, unknown> =>
  Object.fromEntries(detail.attributes.map(({ name, value }) => [name, value]))
