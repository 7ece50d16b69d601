import { type Emulator, type EmulatorOptions, startEmulator } from 'entra-emulator'
import { pino } from 'pino'
import { createSession } from './directory-session.ts'
import { createGraph, type Graph } from './graph-client.ts'

export interface TestGraph {
  emulator: Emulator
  graph: Graph
  /** Everything that was logged, as JSON lines. */
  log: string[]
  /** Requests the emulator saw at addresses that contain this text. */
  asked(text: string): number
  [Symbol.asyncDispose](): Promise<void>
}

/** A Graph of an emulator's tenant where consent was given. */
export async function openTestGraph(options: EmulatorOptions = {}): Promise<TestGraph> {
  const emulator = await startEmulator({ granted: true, ...options })
  const log: string[] = []
  const session = createSession(
    {
      endpoints: { login: emulator.origin, graph: emulator.origin },
      tenantId: emulator.tenant.id,
      clientId: emulator.app.clientId,
      credential: { kind: 'secret', secret: emulator.app.secrets[0]!.value },
    },
    pino({ level: 'trace' }, { write: (line: string) => log.push(line) }),
  )
  return {
    emulator,
    graph: createGraph(session),
    log,
    asked: (text) => emulator.requests.list().filter(({ path }) => path.includes(text)).length,
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}
