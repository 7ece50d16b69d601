import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { GraphError } from '../entra/graph-error.ts'
import type { Lease } from './lease.ts'

/** How many hours a run waits for a Microsoft that gives no usable answer. */
const LONGEST = 24

/** The shortest and the longest pause between two tries, in minutes. */
const PAUSE = { shortest: 1, longest: 15 }

/**
 * Gives a run back, with what it has read and where it stands, until Microsoft is tried again: after a minute, then after as
 * long again as it has waited, up to a quarter of an hour. Nothing is wrong with the run, so that this is no try of its own.
 * Answers false, and changes nothing, where it has been so for a day without a page in between.
 */
export async function waitForMicrosoft(db: Db, lease: Lease): Promise<boolean> {
  const paused = await sql`
    update import_runs set lease_until = null, attempts = 0, waiting_reason = 'unreachable',
      unreachable_since = coalesce(unreachable_since, now()),
      waiting_until = now() + least(
        greatest(now() - unreachable_since, make_interval(mins => ${PAUSE.shortest})),
        make_interval(mins => ${PAUSE.longest}))
    where id = ${lease.runId} and fence = ${lease.fence}
      and coalesce(unreachable_since > now() - make_interval(hours => ${LONGEST}), true)`.execute(db)
  return paused.numAffectedRows === 1n
}

/** What a run says that waited so long. */
export const waitedInVain = ({ code, remedy, cause }: GraphError) =>
  new GraphError({
    code,
    finding: `For ${LONGEST} hours Microsoft could not be reached, or gave no answer that can be used, so the import waits no longer.`,
    remedy: remedy ?? 'Start the import again when Microsoft answers.',
    cause,
  })
