import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type {
  Decision,
  Entry,
  EntryPage,
  ImportRun,
  RunState,
  Scope,
  StartImport,
} from '@keyroster/api/imports.ts'
import type { Emulator } from 'entra-emulator'
import type { Logger } from 'pino'
import type { Panel } from '../../panel.ts'
import { workingStates } from '../run-state.ts'
import { checkEnd } from './check-end.ts'
import { type Draw, drawFrom } from './draw.ts'
import { drawSchedule, type Interruption, type Schedule } from './draw-schedule.ts'
import { connectTo, type House, type Workspace } from './house.ts'
import { startMortalServer } from './mortal-server.ts'
import { answersThatStand } from './oracle.ts'
import { clearTenant, keepForbidden, prepareTenant } from './prepare-tenant.ts'
import { sceneOf } from './scene-of.ts'
import { readWorkspace, type Standing, snapshotRows } from './standing.ts'

/** How long one state of a run may take, in milliseconds, waits that Microsoft asks for included. */
const BOUND = 60_000

/** How long a server sleeps at most while nobody takes its run over, in milliseconds. */
const NAP = 300

/** How often a server looks whether there is work, in milliseconds. */
const LOOK = 20

/** How often a plan is decided and confirmed before nobody edits users any more. */
const ROUNDS = 3

/** A schedule that is being played. */
interface Play {
  house: House
  schedule: Schedule
  emulator: Emulator
  workspace: Workspace
  runId: string
  /** What the servers share: the emulator's tenant and the sealing key. */
  panel: Panel
  draw: Draw
  answers: Map<string, Decision>
  /** Chosen groups that closed before they were read to their end. */
  closed: string[]
  /** How often conflicts were answered. */
  decisions: number
  /** Interruptions that a server met. */
  met: Interruption[]
}

/** Plays the schedule of a seed to its end and checks every invariant. Throws the first that does not hold; `log` is the servers'. */
export async function playSchedule(house: House, seed: number, log: Logger): Promise<void> {
  const emulator = await house.borrowEmulator()
  try {
    const schedule = drawSchedule(seed, emulator.tenant.id)
    prepareTenant(emulator, schedule, house.foreign.origin)
    await play(house, schedule, emulator, log)
  } finally {
    clearTenant(emulator)
    house.giveBack(emulator)
  }
}

async function play(house: House, schedule: Schedule, emulator: Emulator, log: Logger): Promise<void> {
  const { id: tenantId } = emulator.tenant
  const workspace = await house.settle(schedule.workspace, tenantId, schedule.adminEmail)
  const bystander = await house.settle(schedule.bystanders, tenantId, schedule.adminEmail)
  await connectTo(house, bystander, emulator)
  const bystanders = await snapshotRows(house, bystander.id)
  const { origin } = emulator
  const now: Play = {
    house,
    schedule,
    emulator,
    workspace,
    runId: randomUUID(),
    panel: {
      ...house.panel,
      log,
      config: { ...house.panel.config, entra: { loginUrl: origin, graphUrl: origin } },
    },
    draw: drawFrom(schedule.seed + 1),
    answers: new Map(),
    closed: [],
    decisions: 0,
    met: [],
  }
  const connectionId = await connectTo(house, workspace, emulator)
  const { groups, ...rest } = schedule.wish
  const scope: Scope = groups === null ? { kind: 'all-users' } : { kind: 'groups', groups }
  await start(now, { connectionId, scope, ...rest })
  let before = await readWorkspace(house.pool, workspace.id)
  await work(now, 'scanning')
  now.closed = await closedGroups(now)
  emulator.faults.clear()
  keepForbidden(emulator, schedule)
  before = await reviewAndConfirm(now, before)
  const late = await editLate(now, before)
  await work(now, 'applying')
  await checkEnd({ ...now, scene: sceneOf(now, before), late })
  await retryFailed(now, { connectionId, ...rest })
  if ((await snapshotRows(house, bystander.id)) !== bystanders)
    throw new Error('I4: rows of another workspace changed.')
  if (house.foreign.requests.length > 0)
    throw new Error(`I9: a foreign origin was asked: ${house.foreign.requests[0]}`)
}

/** Answers the workspace as the plan will be applied to it. */
async function editLate(play: Play, before: Standing): Promise<Standing> {
  const { state } = await look(play)
  if (!play.schedule.editsLate || state !== 'applying') return before
  await editUsers(play, before)
  return readWorkspace(play.house.pool, play.workspace.id)
}

/** Retries those who failed, if any did, with nothing in the way, and checks what came of it. */
async function retryFailed(play: Play, wish: Omit<StartImport, 'id' | 'scope'>): Promise<void> {
  const { house, workspace, runId: importId } = play
  const found = await house.pool.query<{ id: string }>(
    `select object_id as id from import_entries where run_id = $1 and outcome = 'failed'`,
    [importId],
  )
  if (found.rows.length === 0) return
  const failed = new Set(found.rows.map(({ id }) => id))
  const retry: Play = {
    ...play,
    runId: randomUUID(),
    schedule: { ...play.schedule, ...undisturbed },
    answers: new Map(),
    decisions: 0,
    met: [],
  }
  const before = await readWorkspace(house.pool, workspace.id)
  await start(retry, { ...wish, scope: { kind: 'retry', importId } })
  await work(retry, 'scanning')
  const { fingerprint } = await readRun(retry)
  await workspace.call('POST', `/api/imports/${retry.runId}/confirm`, {
    fingerprint,
    acknowledgeSuspensions: true,
  })
  await work(retry, 'applying')
  const scene = sceneOf(retry, before)
  const groupsRead = scene.groupsRead.map((group) => ({
    ...group,
    people: group.people.intersection(failed),
    whole: false,
  }))
  const people = scene.people.filter(({ id }) => failed.has(id))
  await checkEnd({ ...retry, scene: { ...scene, people, groupsRead }, late: before })
}

const undisturbed = {
  interruptions: { scanning: [], applying: [] },
  racing: false,
  cancel: null,
  foreignLink: false,
} satisfies Partial<Schedule>

async function start({ workspace, runId: id }: Play, wish: Omit<StartImport, 'id'>): Promise<void> {
  const { status, body } = await workspace.call('POST', '/api/imports', { id, ...wish })
  if (status !== 202) throw new Error(`The run did not start: ${JSON.stringify(body)}`)
}

/** Whether a group closed in time depends on who asked how often. */
async function closedGroups({ house, runId, schedule: { closing } }: Play): Promise<string[]> {
  const closed = await house.pool.query<{ id: string }>(
    `select object_id as id from import_sources where run_id = $1 and object_id = $2 and state in ('gone', 'forbidden')`,
    [runId, closing?.id],
  )
  return closed.rows.map(({ id }) => id)
}

const readRun = async ({ workspace, runId }: Play) =>
  (await workspace.call<ImportRun>('GET', `/api/imports/${runId}`)).body

/** Where the run stands, asked past the API, because it is asked so often. */
async function look({ house, runId }: Play) {
  const found = await house.pool.query<{ state: RunState; fence: number; cancelRequested: boolean }>(
    'select state, fence, cancel_requested_at is not null as "cancelRequested" from import_runs where id = $1',
    [runId],
  )
  const run = found.rows[0]!
  return { ...run, works: workingStates.includes(run.state) }
}

/** Lets servers work on the run, interrupted as the schedule says, until it needs a person or has ended. */
async function work(play: Play, phase: 'scanning' | 'applying'): Promise<void> {
  const deadline = Date.now() + BOUND
  const { schedule } = play
  const interruptions = [...schedule.interruptions[phase]]
  const sleepers: Promise<void>[] = []
  const lane = async (cancels: boolean) => {
    for (;;) {
      const { cancel } = schedule
      const cancelsNow = cancels && cancel?.during === phase && !(await look(play)).cancelRequested
      const next: Interruption | undefined = cancelsNow
        ? { kind: 'asleep', statement: cancel.statement }
        : interruptions.shift()
      const life = await serve(play, next, cancelsNow, deadline)
      if (life === 'done') return
      sleepers.push(life.rest)
    }
  }
  // Nobody may be at work any more when the next schedule begins, whatever happened to one of them.
  const lanes = await Promise.allSettled([lane(true), ...(schedule.racing ? [lane(false)] : [])])
  for (const end of [...lanes, ...(await Promise.allSettled(sleepers))])
    if (end.status === 'rejected') throw end.reason
}

/** One server's life: to the end of the work, or until it is interrupted; `rest` is what it still does then. */
async function serve(
  play: Play,
  interruption: Interruption | undefined,
  cancels: boolean,
  deadline: number,
): Promise<'done' | { rest: Promise<void> }> {
  const { panel, schedule } = play
  const server = await startMortalServer(panel, schedule.peoplePerBatch, interruption, () => nap(play))
  let interrupted = false
  const met = server.interrupted.then((interruption) => {
    interrupted = true
    play.met.push(interruption)
  })
  const life = async () => {
    while (!interrupted && (await look(play)).works) {
      if (Date.now() > deadline) throw new Error(`I7: the run stays ${JSON.stringify(await readRun(play))}`)
      await server.workOn(play.runId)
      await sleep(LOOK)
    }
  }
  const living = life().finally(() => server.close())
  await Promise.race([living, met])
  if (!interrupted) return 'done'
  if (cancels) await play.workspace.call('POST', `/api/imports/${play.runId}/cancel`, {})
  // What a dead server was sending may still be done, and may be to take or keep the lease.
  if (interruption!.kind.startsWith('crash')) await living.then(() => sleep(3 * LOOK))
  if (interruption!.kind !== 'stop') await passLease(play)
  return { rest: living }
}

/** Sleeps until another server has worked on the run for a while, or cannot, because the sleeper holds its row. */
async function nap(play: Play): Promise<void> {
  const end = Date.now() + NAP
  const { fence } = await look(play)
  while (Date.now() < end && (await look(play)).fence === fence) await sleep(LOOK)
  await sleep(4 * LOOK)
}

/** As if a lease's whole time had gone by. */
async function passLease({ house, runId }: Play): Promise<void> {
  await house.pool.query(
    `update import_runs set lease_until = now() - interval '1 second' where id = $1 and lease_until is not null`,
    [runId],
  )
}

/** Decides about conflicts, edits users between, and confirms until the plan is taken; answers the workspace then. */
async function reviewAndConfirm(play: Play, before: Standing): Promise<Standing> {
  const { house, schedule, workspace, runId } = play
  for (let round = 1; ; round++) {
    const run = await readRun(play)
    if (run.state !== 'ready') return before
    if (schedule.cancel?.during === 'ready') {
      await workspace.call('POST', `/api/imports/${runId}/cancel`, {})
      return before
    }
    await answerConflicts(play)
    const { fingerprint } = await readRun(play)
    if (round <= schedule.edits) await editUsers(play, before)
    const confirmed = await workspace.call<{ code?: string }>('POST', `/api/imports/${runId}/confirm`, {
      fingerprint,
      acknowledgeSuspensions: true,
    })
    if (confirmed.status === 202) return before
    if (confirmed.body.code !== 'plan_outdated' || round > ROUNDS)
      throw new Error(`The plan was not confirmed: ${JSON.stringify(confirmed.body)}`)
    before = await readWorkspace(house.pool, workspace.id)
    play.answers = answersThatStand(sceneOf(play, before))
    await work(play, 'scanning')
  }
}

async function entriesOf({ workspace, runId }: Play): Promise<Entry[]> {
  const entries = await workspace.call<EntryPage>('GET', `/api/imports/${runId}/entries?limit=200`)
  return entries.body.items
}

async function answerConflicts(play: Play): Promise<void> {
  const { draw, workspace, runId, answers } = play
  const conflicting = (await entriesOf(play)).filter((entry) => entry.conflict !== null)
  for (const entry of draw.some(conflicting, 0.6)) {
    const decision = draw.pick([
      ...entry.choices,
      ...(entry.choices.includes('link') ? ['link' as const] : []),
    ])
    const body = { about: { objectIds: [entry.objectId] }, decision }
    const answer = await workspace.call('POST', `/api/imports/${runId}/decisions`, body)
    if (answer.status !== 200) throw new Error(`An answer was refused: ${JSON.stringify(answer.body)}`)
    answers.set(entry.objectId, decision)
    play.decisions += 1
    // Only one can be that person: the others with the email are asked about again.
    if (decision === 'link' && entry.conflict === 'email-shared')
      for (const rival of conflicting)
        if (rival !== entry && rival.email?.toLowerCase() === entry.email!.toLowerCase())
          if (answers.get(rival.objectId) === 'link') answers.delete(rival.objectId)
  }
}

/** What an admin may do to users meanwhile, to those decided about above all; some of it is refused, which is fine too. */
async function editUsers(play: Play, before: Standing): Promise<void> {
  const { draw, workspace, schedule } = play
  const decided = (await entriesOf(play)).flatMap(({ decision, user }) => (decision && user ? [user.id] : []))
  const everybody = [...before.users.keys()]
  for (let edit = 0; edit < 4; edit++) {
    const id = draw.pick(decided.length > 0 && draw.chance(0.5) ? decided : everybody)
    const person = draw.pick(schedule.tenant.people)
    const email = person.mail ?? person.userPrincipalName
    const status = draw.pick(['active', 'suspended'])
    const make = draw.pick([
      () => workspace.call('POST', '/api/users', { displayName: 'Added meanwhile', email }),
      () => workspace.call('DELETE', `/api/users/${id}`),
      () => workspace.call('PATCH', `/api/users/${id}`, { status }),
      () => workspace.call('PATCH', `/api/users/${id}`, { email }),
    ])
    await make()
  }
}
