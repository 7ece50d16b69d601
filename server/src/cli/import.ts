import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ImportRun, importRun } from '@keyroster/api/imports.ts'
import { readRemote } from '../config.ts'
import { isFinished } from '../imports/run-state.ts'
import { takeInterrupts } from './import-interrupt.ts'
import { openPanel, PanelRefusal, type RemotePanel } from './import-panel.ts'
import { type Output, openScreen, type Screen } from './import-screen.ts'
import { findConnection, type ImportWish, readWish, startBody } from './import-wish.ts'
import { differenceLines, planLines, sourceLines } from './import-words.ts'
import { printable } from './printable.ts'

/** What the command is started in. */
interface Surroundings {
  env: Record<string, string | undefined>
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: Output
  stderr: Output
}

/** Exit codes, as docs/automation.md tells them. */
const exit = { done: 0, failed: 1, withProblems: 2, refused: 3 } as const

/** How often a run is looked at, in milliseconds. */
const INTERVAL = 500

interface Import {
  id: string
  wish: ImportWish
  panel: RemotePanel
  screen: Screen
  /** Asks whether to apply the plan; false where nobody can be asked. */
  ask: () => Promise<boolean>
  /** Whether somebody sits at a terminal to be asked. */
  attended: boolean
  leave: AbortSignal
}

interface End {
  run: ImportRun
  code: number
}

/**
 * `keyroster import`: plans an import in a running panel, shows the plan, and applies it when it is confirmed. The panel does
 * the work: this command may die, and the run is where it was. Answers the exit code.
 */
export async function importPeople(args: string[], around: Surroundings = process): Promise<number> {
  const wish = readWish(args)
  const remote = readRemote(around.env, wish.url)
  const human = wish.json ? around.stderr : around.stdout
  const screen = openScreen(human, !wish.json)
  const [stop, leave] = [new AbortController(), new AbortController()]
  const panel = openPanel(remote, { say: screen.say, leave: leave.signal })
  try {
    const connectionId = await findConnection(panel, wish.connection)
    const current: Import = {
      id: randomUUID(),
      wish,
      panel,
      screen,
      ask: () => askToApply(around.stdin, human, stop.signal),
      attended: Boolean(around.stdin.isTTY && human.isTTY),
      leave: leave.signal,
    }
    using _ = takeInterrupts({ stop, leave }, screen.say, () => cancelLater(current))
    const { run, code } = await planAndApply(current, connectionId)
    if (wish.json) around.stdout.write(`${JSON.stringify(run, null, 2)}\n`)
    return code
  } finally {
    screen.clear()
  }
}

async function planAndApply(current: Import, connectionId: string): Promise<End> {
  const { id, wish, panel, screen } = current
  await panel.ask(importRun, 'POST', '/api/imports', startBody(id, connectionId, wish))
  screen.say(`The import: ${addressOf(current)}`)
  const planned = await follow(current, ({ state }) => state === 'ready' || isFinished(state))
  if (planned.state !== 'ready') return ended(current, planned)
  planLines(planned).forEach(screen.say)
  return (await refusePlan(current, planned)) ?? applyPlan(current, planned)
}

/** Why the plan is not confirmed, and with it the end; null where it is. */
async function refusePlan(current: Import, planned: ImportRun): Promise<End | null> {
  const { wish, screen } = current
  if (planned.safeguard) return await overSafeguard(current, planned)
  if (wish.dryRun) return await giveUp(current, 'This was a dry run: nothing is written.', exit.done)
  if (planned.toApply === 0 && planned.membershipsToRemove === 0) {
    screen.say('There is nothing to import.')
    return null
  }
  if (wish.yes) return null
  if (!current.attended) {
    const why =
      'Nobody sits at a terminal to confirm this plan, so it is not applied. Confirm beforehand with --yes.'
    return await giveUp(current, why, exit.failed)
  }
  return (await current.ask()) ? null : await giveUp(current, 'Nothing is written.', exit.failed)
}

/** Only a person with a passkey confirms such a plan, so it waits for one; a dry run leaves nothing behind. */
async function overSafeguard(current: Import, planned: ImportRun): Promise<End> {
  const { screen, wish } = current
  screen.say(
    `This would suspend ${planned.plan.suspend} people, which is unusually many. A token cannot confirm that: somebody has to, in the panel.`,
  )
  if (wish.dryRun) return await giveUp(current, 'This was a dry run: nothing is written.', exit.refused)
  screen.say(`The plan waits there: ${addressOf(current)}`)
  return { run: planned, code: exit.refused }
}

async function applyPlan(current: Import, planned: ImportRun): Promise<End> {
  const { id, panel } = current
  const { fingerprint } = planned
  // The answer to a confirmation may be lost with a panel that restarts, and the second one is then refused.
  const refused = await panel
    .ask(importRun, 'POST', `/api/imports/${id}/confirm`, { fingerprint })
    .then(() => false, isAboutState)
  const now = await follow(current, ({ state }) => isFinished(state) || (refused && state === 'ready'))
  return now.state === 'ready' ? await changedSinceReview(current, now) : ended(current, now)
}

function isAboutState(error: unknown): true {
  const codes = ['plan_outdated', 'import_not_ready', 'import_finished']
  if (error instanceof PanelRefusal && error.code !== null && codes.includes(error.code)) return true
  throw error
}

async function changedSinceReview(current: Import, now: ImportRun): Promise<End> {
  current.screen.say(
    'The plan changed after it was shown, because somebody changed the workspace or decided a conflict.',
  )
  if (now.replanned) differenceLines(now.replanned).forEach(current.screen.say)
  return await giveUp(current, 'Nothing is written. Start again to see the plan as it is now.', exit.refused)
}

/** Cancels a run that waits for its review, so that the next one can start. */
async function giveUp(current: Import, why: string, code: number): Promise<End> {
  current.screen.say(why)
  return { run: await cancel(current), code }
}

/** What came of a run, or that nobody waits for that any more. */
function ended(current: Import, run: ImportRun): End {
  const { screen } = current
  if (!isFinished(run.state)) {
    screen.say(
      `The panel goes on ${run.cancelRequested ? 'cancelling' : 'with the import'}: ${addressOf(current)}`,
    )
    return { run, code: exit.failed }
  }
  screen.say(printable(run.sentence))
  if (run.problem?.remedy) screen.say(printable(run.problem.remedy))
  const unread = sourceLines(run)
  if (run.confirmedAt !== null) screen.say(`Person by person: ${addressOf(current)}`)
  if (run.state === 'completed') return { run, code: unread.length > 0 ? exit.withProblems : exit.done }
  return { run, code: run.state === 'completed-with-problems' ? exit.withProblems : exit.failed }
}

/** Looks at the run until it is as wanted, or nobody waits for it any more; answers it as it is then. */
async function follow(current: Import, wanted: (run: ImportRun) => boolean): Promise<ImportRun> {
  const { id, panel, screen, leave } = current
  for (;;) {
    const run = await panel.ask(importRun, 'GET', `/api/imports/${id}`)
    if (wanted(run) || leave.aborted) return run
    screen.progress(run)
    await sleep(INTERVAL, undefined, { signal: leave }).catch(() => {})
  }
}

/** Answers the run; one that has ended meanwhile stays as it is. */
async function cancel({ id, panel }: Import): Promise<ImportRun> {
  try {
    return await panel.ask(importRun, 'POST', `/api/imports/${id}/cancel`, {})
  } catch (error) {
    if (!(error instanceof PanelRefusal) || error.code !== 'import_finished') throw error
    return await panel.ask(importRun, 'GET', `/api/imports/${id}`)
  }
}

/** Cancels beside what the command waits for, which sees what comes of it. */
function cancelLater(current: Import): void {
  cancel(current).catch((error: Error) => current.screen.say(error.message))
}

/** Asks on a terminal; Ctrl+C, Ctrl+D and anything but a yes mean no. */
async function askToApply(input: NodeJS.ReadableStream, output: Output, stop: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input, output })
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
  try {
    const answer = lines.question('Apply exactly this plan? [y/N] ', { signal: stop }).catch(() => '')
    return /^y(es)?$/i.test((await Promise.race([answer, closed])).trim())
  } finally {
    lines.close()
  }
}

const addressOf = ({ panel, id }: Import) => `${panel.url}/imports/${id}`
