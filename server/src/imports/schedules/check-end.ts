import type { Action, ConflictKind, ImportRun, Outcome, SkipReason } from '@keyroster/api/imports.ts'
import type { Emulator } from 'entra-emulator'
import type { Interruption, Schedule } from './draw-schedule.ts'
import type { UserRow } from './draw-workspace.ts'
import type { House, Workspace } from './house.ts'
import { type Foretold, foretell, newId, type Scene, tellsAbsence } from './oracle.ts'
import { readWorkspace, type Standing } from './standing.ts'

/** Everything an ended run is judged by. */
export interface Ended {
  house: House
  schedule: Schedule
  emulator: Emulator
  workspace: Workspace
  runId: string
  closed: string[]
  decisions: number
  met: Interruption[]
  /** What was planned, and the workspace as it was when the plan was confirmed. */
  scene: Scene
  /** The workspace when the plan was applied. */
  late: Standing
}

interface RunRow {
  state: ImportRun['state']
  read_count: number
  applied: number
  to_apply: number
  conflict_counts: Partial<Record<ConflictKind, number>>
  outcome_counts: Partial<Record<Outcome, number>>
  confirmed: boolean
  fence: number
  resumed: number
  problem_code: string | null
  lease: string | null
  user_count: number
}

interface EntryRow {
  object_id: string
  action: Action | null
  reason: SkipReason | null
  conflict: ConflictKind | null
  account_enabled: boolean | null
  outcome: Outcome | null
  problem_code: string | null
}

class Broken extends Error {}

/** Compares by value; what is shown of a difference is what the test run needs to find its cause. */
function same(what: string, is: unknown, shouldBe: unknown): void {
  const [found, wanted] = [JSON.stringify(is), JSON.stringify(shouldBe)]
  if (found !== wanted) throw new Broken(`${what}: is ${found}, should be ${wanted}`)
}

/** Holds an ended run against what the oracle foretells, and against itself. */
export async function checkEnd(ended: Ended): Promise<void> {
  const { house, workspace, runId, schedule, scene, late } = ended
  const run = await readRow(ended)
  const entries = await house.pool.query<EntryRow>(
    `select object_id, action, reason, conflict, account_enabled, outcome, problem_code from import_entries where run_id = $1`,
    [runId],
  )
  const now = renamed(await readWorkspace(house.pool, workspace.id), late)
  const foretold = foretell(scene, { users: [...late.users.values()], members: late.members })
  same(`the state (problem ${run.problem_code})`, run.state, expectedState(run, ended, foretold))
  same('the lease of an ended run', run.lease, null)
  same('the users counted', run.user_count, now.users.size)
  if (run.state.startsWith('completed')) checkComplete(run, entries.rows, now, foretold)
  else checkPartial(run, entries.rows, now, late, foretold)
  checkGuards(entries.rows, now, scene, late)
  await checkAudit(ended, run)
  // Where two race, the time of one that is well has gone by too.
  const interruptions = ended.met.length * (schedule.racing ? 2 : 1)
  if (run.resumed > interruptions)
    throw new Broken(`I6: resumed ${run.resumed} times, but interrupted ${ended.met.length} times`)
}

async function readRow({ house, runId }: Ended): Promise<RunRow> {
  const found = await house.pool.query<RunRow>(
    `select r.*, confirmed_at is not null as confirmed, lease_until as lease, w.user_count
     from import_runs r join workspaces w on w.id = r.workspace_id where r.id = $1`,
    [runId],
  )
  return found.rows[0]!
}

/** A run ends cancelled where that came in time, failed where nothing can be read or trusted, and else complete. */
function expectedState(run: RunRow, { schedule, closed }: Ended, { failed }: Foretold): ImportRun['state'] {
  const { cancel, foreignLink, wish, closing } = schedule
  const forbidden = [...schedule.forbidden, ...(closing?.status === 403 ? closed : [])]
  if (cancel && run.state === 'cancelled') return 'cancelled'
  if (wish.groups?.every((group) => forbidden.includes(group.id))) return 'failed'
  if (foreignLink && run.state === 'failed' && run.problem_code === 'next_link_refused') return 'failed'
  if (failed.size === 0) return 'completed'
  // Whether four of ten had failed at the end of a batch depends on where it ended.
  return run.state === 'quarantined' ? run.state : 'completed-with-problems'
}

/** New users get the name the oracle knows them by; two rows of one directory user are found here. */
function renamed(now: Standing, before: Standing): Standing {
  const names = new Map<string, string>()
  const users = new Map<string, UserRow>()
  for (const user of now.users.values()) {
    const name = before.users.has(user.id) ? user.id : newId(user.object_id ?? user.id)
    if (users.has(name)) throw new Broken(`two users are ${name}`)
    names.set(user.id, name)
    users.set(name, { ...user, id: name })
  }
  const members = [...now.members].map((key) => {
    const [group, user] = key.split(' ')
    return `${group} ${names.get(user!)}`
  })
  return { users, groups: now.groups, members: new Set(members) }
}

const sorted = <T>(values: Iterable<T>) => [...values].sort()

/** A row as text, its columns and lists in one order. */
const asText = (user: UserRow | undefined) =>
  user &&
  JSON.stringify(
    Object.entries({ ...user, manual_attributes: sorted(user.manual_attributes) }).sort(([one], [other]) =>
      one < other ? -1 : 1,
    ),
  )

/** I1: everything is as the oracle says, row by row; and the run says so of itself. */
function checkComplete(run: RunRow, entries: EntryRow[], now: Standing, foretold: Foretold): void {
  same(
    'I1: who was read',
    sorted(entries.map((entry) => entry.object_id)),
    sorted([...foretold.entries.keys()]),
  )
  same('I5: the people counted as read', run.read_count, entries.length)
  for (const { object_id, action, reason, conflict, problem_code } of entries) {
    const judged = foretold.entries.get(object_id)!
    same(
      `I1: the plan for ${object_id}`,
      [action, reason, conflict],
      [judged.action, judged.reason, judged.conflict],
    )
    same(
      `the problem of ${object_id}`,
      problem_code,
      foretold.failed.has(object_id) ? 'changed_since_review' : null,
    )
  }
  same('I1: the users', sorted(now.users.keys()), sorted(foretold.users.keys()))
  for (const [id, user] of now.users)
    same(`I1, I3: the user ${id}`, asText(user), asText(foretold.users.get(id)))
  same('I1: the groups', sorted(now.groups), sorted(foretold.groups))
  same('I1: the memberships', sorted(now.members), sorted(foretold.members))
  const written = entries.filter((entry) => outcomeOf[entry.action!] !== undefined)
  same('the people applied', [run.applied, run.to_apply], [written.length, written.length])
  for (const entry of written)
    same(
      `the outcome of ${entry.object_id}`,
      entry.outcome,
      foretold.failed.has(entry.object_id) ? 'failed' : outcomeOf[entry.action!],
    )
}

const outcomeOf: Partial<Record<Action, Outcome>> = {
  create: 'created',
  link: 'linked',
  update: 'updated',
  suspend: 'suspended',
  restore: 'restored',
}

/** A run that was stopped: everybody is as before or as foretold, and what is counted is what was done. */
function checkPartial(
  run: RunRow,
  entries: EntryRow[],
  now: Standing,
  before: Standing,
  foretold: Foretold,
): void {
  let changed = 0
  for (const [id, user] of now.users) {
    const [is, was, willBe] = [user, before.users.get(id), foretold.users.get(id)].map(asText)
    if (is === was) continue
    same(`I1: the user ${id}`, is, willBe)
    changed += 1
  }
  for (const id of before.users.keys()) if (!now.users.has(id)) throw new Broken(`I1: the user ${id} is gone`)
  for (const key of before.members)
    if (!now.members.has(key)) throw new Broken(`I2: ${key} left before the end`)
  for (const key of now.members)
    if (!before.members.has(key) && !foretold.members.has(key)) throw new Broken(`I1: ${key} is too much`)
  if (!run.confirmed) same('I1: the groups', sorted(now.groups), sorted(before.groups))
  const written = run.applied - (run.outcome_counts.failed ?? 0)
  same('I3: the users changed', [changed, run.confirmed ? changed : 0], [written, changed])
  same('I5: the people counted as read', run.read_count, entries.length)
}

/** I2: nobody is suspended, and nobody taken out of a group, without its having been read. */
function checkGuards(entries: EntryRow[], now: Standing, { groupsRead }: Scene, before: Standing): void {
  const disabled = new Set(
    entries.flatMap((entry) => (entry.account_enabled === false ? [entry.object_id] : [])),
  )
  for (const [id, user] of now.users) {
    const active = before.users.get(id)?.status !== 'suspended'
    if (user.status === 'suspended' && active && !disabled.has(user.object_id!))
      throw new Broken(`I2: ${id} is suspended without a disabled account`)
  }
  const read = new Set(groupsRead.filter(tellsAbsence).map((group) => group.id))
  for (const key of before.members)
    if (!now.members.has(key) && !read.has(key.split(' ')[0]!)) throw new Broken(`I2: ${key} left unread`)
}

/** I3: each step is told once. */
async function checkAudit(
  { house, runId, workspace, schedule, decisions }: Ended,
  run: RunRow,
): Promise<void> {
  const events = await house.pool.query<{ action: string; times: number }>(
    `select action, count(*)::int as times from audit_events
     where workspace_id = $1 and target_id = $2 group by action order by action`,
    [workspace.id, runId],
  )
  const times = Object.fromEntries(events.rows.map((event) => [event.action, event.times]))
  const wanted: Record<string, number> = { 'import.started': 1 }
  if (decisions > 0) wanted['import.decided'] = decisions
  if (run.confirmed) wanted['import.confirmed'] = 1
  // Said when the plan is made; a later plan of the run may have none any more.
  if (times['import.email-of-admin'] || run.conflict_counts['email-of-admin'])
    wanted['import.email-of-admin'] = 1
  if (run.state.startsWith('completed')) wanted['import.finished'] = 1
  if (run.state === 'quarantined') wanted['import.quarantined'] = 1
  if (run.state === 'failed') wanted['import.failed'] = 1
  // Whoever asked to cancel asked, even where the run ended first.
  if (times['import.cancelled'] && schedule.cancel) wanted['import.cancelled'] = 1
  if (run.state === 'cancelled') wanted['import.cancelled'] = 1
  same('I3: the audit events', sorted(Object.entries(times)), sorted(Object.entries(wanted)))
  const notices = await house.pool.query<{ kind: string }>(
    `select kind from notifications where workspace_id = $1 and link = $2 and kind <> 'import-ready'`,
    [workspace.id, `/imports/${runId}`],
  )
  same('I3: the notifications', notices.rows.length, 1)
}
