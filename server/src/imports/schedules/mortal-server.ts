import type { Panel } from '../../panel.ts'
import { workOn } from '../work-on.ts'
import type { Interruption } from './draw-schedule.ts'
import { connectMortal } from './mortal-database.ts'

/** A worker with connections and a Graph session of its own, as in another process, that may be interrupted. */
export interface MortalServer {
  /** Works on a run until it needs a person, ends, or this server is interrupted. */
  workOn(runId: string): Promise<void>
  /** Resolves when the server dies, is told to end, or falls asleep; its lease is then as it left it. */
  readonly interrupted: Promise<Interruption>
  close(): Promise<void>
}

/** Starts such a server beside others on the panel's database; if it falls asleep, it wakes when `nap` resolves. */
export async function startMortalServer(
  panel: Panel,
  peoplePerBatch: number,
  interruption: Interruption | undefined,
  nap: () => Promise<void>,
): Promise<MortalServer> {
  const stopping = new AbortController()
  const { promise: interrupted, resolve } = Promise.withResolvers<Interruption>()
  let dead = false
  let awake = Promise.resolve()
  const die = (): void => {
    dead = true
    database.die()
    stopping.abort(new Error('This server is dead.'))
  }
  const database = await connectMortal(panel.database.url, async (statement) => {
    await awake
    if (interruption?.statement !== statement) return
    resolve(interruption)
    if (interruption.kind === 'crash-after') return die
    if (interruption.kind === 'crash-before') die()
    if (interruption.kind === 'stop') stopping.abort(new Error('This server was told to end.'))
    if (interruption.kind === 'asleep') awake = nap()
    await awake
  })
  const mortal: Panel = { ...panel, database }
  return {
    interrupted,
    async workOn(runId) {
      try {
        await workOn(mortal, runId, stopping.signal, { peoplePerBatch })
      } catch (error) {
        if (!dead) throw error
      }
    },
    close: async () => {
      stopping.abort(new Error('This server is closed.'))
      await database.close()
    },
  }
}
