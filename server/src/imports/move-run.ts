import type { RunState } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import type { Tx } from '../db/schema.ts'
import { canGo, isFinished, workingStates } from './run-state.ts'

/**
 * Takes a run from one state to another, the only place where a state changes. Its lease ends where no worker has work,
 * and its end is dated. Throws where the states do not follow one another, or the run is not where the caller thinks.
 */
export async function moveRun(tx: Tx, runId: string, from: RunState, to: RunState): Promise<void> {
  if (!canGo(from, to)) throw new Error(`A run cannot go from ${from} to ${to}.`)
  const goesOn = workingStates.includes(from) && workingStates.includes(to)
  const moved = await sql`
    update import_runs set state = ${to}, finished_at = case when ${isFinished(to)} then now() end,
      lease_owner = case when ${goesOn} then lease_owner end, lease_until = case when ${goesOn} then lease_until end,
      waiting_reason = null, waiting_until = null
    where id = ${runId} and state = ${from}`.execute(tx)
  if (moved.numAffectedRows !== 1n) throw new Error(`Run ${runId} is not ${from} any more.`)
}
