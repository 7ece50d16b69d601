import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '../../log.ts'
import type { House } from './house.ts'
import { playSchedule } from './play.ts'

/** Schedules at a time: most of their time they wait, as Microsoft asks for or until a connection is tried again. */
const AT_ONCE = 8

/** How long one schedule may take, in milliseconds: one that hangs is told with its seed, too. */
const LONGEST = 150_000

export interface Failure {
  seed: number
  replay: string
  reason: string
}

/** Plays the schedules of so many seeds from `first` on, or until `signal` ends it; answers those that broke something. */
export async function playMany(
  house: House,
  first: number,
  count: number,
  onPlayed: (failure: Failure | null) => void = () => {},
  signal?: AbortSignal,
): Promise<Failure[]> {
  const failures: Failure[] = []
  let next = first
  const lane = async () => {
    while (next < first + count && !signal?.aborted) {
      const seed = next++
      const warnings: string[] = []
      const log = createLog('warn', { write: (line) => void warnings.push(line) })
      const ended = new AbortController()
      const failure = await Promise.race([
        playSchedule(house, seed, log),
        sleep(LONGEST, undefined, { signal: ended.signal }).then(() => {
          throw new Error(`I7: not ended after ${LONGEST} ms`)
        }),
      ]).then(
        () => null,
        (error: unknown) => describe(seed, error, warnings),
      )
      ended.abort()
      if (failure) failures.push(failure)
      onPlayed(failure)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return failures
}

function describe(seed: number, error: unknown, warnings: string[]): Failure {
  const replay = `SCHEDULE_SEED=${seed} npm run test:unit -- server/src/imports/schedules`
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { seed, replay, reason: [reason.slice(0, 4_000), ...warnings.slice(-20)].join('\n') }
}
