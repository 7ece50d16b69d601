import { z } from 'zod'
import { attributeName } from './attributes.ts'
import { pageOf, pageQuery } from './page.ts'
import { problemCode } from './problem.ts'

/** Who is taken: everybody of the tenant, the people in some groups (nested ones included), or those who failed in an earlier run. */
const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all-users') }),
  z.strictObject({
    kind: z.literal('groups'),
    groups: z
      .array(z.strictObject({ id: z.guid(), displayName: z.string().max(1024) }))
      .min(1, 'Choose at least one group, or all users.')
      .max(2000),
  }),
  z.strictObject({ kind: z.literal('retry'), importId: z.uuid() }),
])
export type Scope = z.infer<typeof scope>

/** new: people who exist are left as they are · new-and-existing: they are linked and updated · existing: nobody is added. */
export const modes = ['new', 'new-and-existing', 'existing'] as const
const mode = z.enum(modes)
export type Mode = z.infer<typeof mode>

/** POST /api/imports — `id` is made by the client, so that pressing twice finds the same run. */
export const startImport = z.strictObject({
  id: z.uuid(),
  connectionId: z.uuid(),
  scope: scope,
  mode,
  includeGuests: z.boolean().default(false),
  includeDisabled: z.boolean().default(false),
})
export type StartImport = z.input<typeof startImport>

export const runStates = [
  'scanning',
  'planning',
  'ready',
  'applying',
  'completed',
  'completed-with-problems',
  'cancelled',
  'quarantined',
  'failed',
] as const
const runState = z.enum(runStates)
export type RunState = z.infer<typeof runState>

export const actions = [
  'create',
  'link',
  'update',
  'suspend',
  'restore',
  'unchanged',
  'skip',
  'conflict',
] as const
const action = z.enum(actions)
export type Action = z.infer<typeof action>

/** Why somebody is skipped. */
export const skipReasons = [
  'already-exists',
  'not-in-workspace',
  'guest',
  'disabled',
  'no-email',
  'invalid-record',
  'decided',
] as const
const skipReason = z.enum(skipReasons)
export type SkipReason = z.infer<typeof skipReason>

/**
 * email-shared: two directory users have this email · email-linked-elsewhere: the person with this email is linked to
 * another directory user · domain-unverified: the tenant has not verified the email's domain, so the email proves nothing ·
 * email-ambiguous: several people of the workspace have this email · email-of-admin: the email is an admin's of this panel ·
 * email-not-comparable: two different mailboxes could be written like this email, so nobody knows whether somebody here has it.
 */
export const conflictKinds = [
  'email-shared',
  'email-linked-elsewhere',
  'domain-unverified',
  'email-ambiguous',
  'email-of-admin',
  'email-not-comparable',
] as const
const conflictKind = z.enum(conflictKinds)
export type ConflictKind = z.infer<typeof conflictKind>

/** link: this directory user is that person · create: somebody else, import beside them · skip: leave out this time. */
const decision = z.enum(['link', 'create', 'skip'])
export type Decision = z.infer<typeof decision>

export const outcomes = [
  'created',
  'linked',
  'updated',
  'suspended',
  'restored',
  'unchanged',
  'skipped',
  'failed',
] as const
const outcome = z.enum(outcomes)
export type Outcome = z.infer<typeof outcome>

const count = z.number().int().min(0)

/** One place people were read from; a group is read in part where Microsoft may hide who is in a group inside. */
const source = z.object({
  kind: z.enum(['users', 'group', 'people']),
  name: z.string(),
  state: z.enum(['pending', 'reading', 'complete', 'partial', 'gone', 'forbidden', 'hidden', 'unfinished']),
  read: count,
})

export const importRun = z.object({
  id: z.uuid(),
  connectionId: z.uuid().nullable(),
  connectionName: z.string(),
  state: runState,
  scope,
  mode,
  includeGuests: z.boolean(),
  includeDisabled: z.boolean(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  confirmedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  cancelRequested: z.boolean(),
  /** People read so far, and how many Microsoft said there are (null where unknown). */
  read: count,
  expected: count.nullable(),
  /** Planned changes by action; sums to `read` once planned. */
  plan: z.record(action, count),
  skips: z.record(skipReason, count),
  conflicts: z.record(conflictKind, count),
  /** People whose planned change writes something, and how many of them are done. */
  toApply: count,
  applied: count,
  outcomes: z.record(outcome, count),
  /** People of the workspace who are in a chosen group here and no longer in Entra: they leave the group, not the workspace. */
  membershipsToRemove: count,
  /** What confirming confirms; null until ready. */
  fingerprint: z.string().nullable(),
  /** True where so many would be suspended that confirming must say so explicitly. */
  safeguard: z.boolean(),
  /** Set where the plan was made again because the workspace changed: counts before and after. */
  replanned: z
    .object({ before: z.record(action, count), after: z.record(action, count), changed: count })
    .nullable(),
  /** Set while Microsoft, or the database, makes us wait, or its connection has to be mended, which has no time. */
  waiting: z
    .object({
      reason: z.enum(['throttled', 'unreachable', 'database', 'connection']),
      until: z.iso.datetime().nullable(),
    })
    .nullable(),
  /** How often it was interrupted and went on where it stood. */
  resumed: count,
  /** Why a run failed, stopped, or waits for its connection. */
  problem: z.object({ code: problemCode, detail: z.string(), remedy: z.string().nullable() }).nullable(),
  /** One sentence that says what came of it. */
  sentence: z.string(),
  sources: z.array(source),
  /** How all users were read: in one ordered walk, or in parts at once whose counts add up to the whole; null where not all were. */
  reading: z.enum(['walk', 'parts']).nullable(),
  /** People of this run who failed and can be retried. */
  retriable: count,
})
export type ImportRun = z.infer<typeof importRun>

export const importPage = pageOf(importRun)

/** Before and after of one attribute, or of the chosen groups a person is in (names, joined by commas). */
const change = z.object({
  attribute: z.union([attributeName, z.literal('groups')]),
  before: z.union([z.string(), z.boolean()]).nullable(),
  after: z.union([z.string(), z.boolean()]).nullable(),
})
export type Change = z.infer<typeof change>

/** One directory user in one run. */
const entry = z.object({
  objectId: z.string(),
  displayName: z.string(),
  email: z.string().nullable(),
  userPrincipalName: z.string().nullable(),
  userType: z.string().nullable(),
  accountEnabled: z.boolean().nullable(),
  match: z.enum(['object-id', 'email', 'none', 'ambiguous']).nullable(),
  action: action.nullable(),
  reason: skipReason.nullable(),
  conflict: conflictKind.nullable(),
  /** What may be decided about the conflict; empty where there is none. */
  choices: z.array(decision),
  decision: decision.nullable(),
  changes: z.array(change),
  /** Attributes whose text was cleaned of what cannot be stored, or cut because it was absurdly long. */
  altered: z.array(z.string()),
  groups: z.array(z.string()),
  /** Who of the workspace it is about: the match, the other one of a conflict, or the person created. */
  user: z.object({ id: z.uuid(), displayName: z.string(), email: z.string().nullable() }).nullable(),
  outcome: outcome.nullable(),
  problem: z.object({ code: problemCode, detail: z.string(), remedy: z.string() }).nullable(),
})
export type Entry = z.infer<typeof entry>

/** GET /api/imports/:id/entries */
export const entryQuery = pageQuery.extend({
  search: z.string().trim().max(200).optional(),
  action: action.optional(),
  reason: skipReason.optional(),
  conflict: conflictKind.optional(),
  outcome: outcome.optional(),
})
export const entryPage = pageOf(entry)

/** GET /api/imports/:id/samples — three people as they would be imported. */
export const samples = z.object({
  items: z.array(
    z.object({
      objectId: z.string(),
      attributes: z.record(attributeName, z.union([z.string(), z.boolean()]).nullable()),
    }),
  ),
})

/** POST /api/imports/:id/decisions — some entries, or all of one kind of conflict alike; null takes an answer back. */
export const decide = z.strictObject({
  about: z.union([
    z.strictObject({ objectIds: z.array(z.string().max(64)).min(1).max(500) }),
    z.strictObject({ conflict: conflictKind }),
  ]),
  decision: decision.nullable(),
})
export type Decide = z.infer<typeof decide>

/** POST /api/imports/:id/confirm */
export const confirm = z.strictObject({
  fingerprint: z.string().min(16).max(128),
  acknowledgeSuspensions: z.boolean().default(false),
})
export type EntryPage = z.infer<typeof entryPage>
