import { createInterface } from 'node:readline'
import { createSignInLink } from '../admins/sign-in-links.ts'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { type RunningPanel, run } from '../main.ts'
import { freePort } from './free-port.ts'
import { startSample } from './sample.ts'
import { untilSignal } from './until-signal.ts'

/** `keyroster demo`: the panel with the sample tenant, on the next free port; nothing of it stays. */
export async function demo(): Promise<void> {
  const asked = untilSignal()
  const {
    KEYROSTER_HOST: host = '127.0.0.1',
    KEYROSTER_LOG_LEVEL = 'warn',
    KEYROSTER_INSECURE_HTTP,
  } = process.env
  const port = await freePort(host, Number(process.env.KEYROSTER_PORT) || 8080)
  await using started = new AsyncDisposableStack()
  const sample = await startSample(`http://localhost:${port}`)
  started.defer(() => sample.close())
  // Of the surroundings only these: a demo must never meet the database of a real panel.
  const config = readConfig({
    ...sample.env,
    KEYROSTER_HOST: host,
    KEYROSTER_PORT: String(port),
    KEYROSTER_LOG_LEVEL,
    KEYROSTER_INSECURE_HTTP,
  })
  const panel = await run(config, createLog(config.logLevel))
  started.defer(() => panel.close())
  console.log(demoText(await newLink(panel), sample.inspectorUrl))
  const keyboard = createInterface({ input: process.stdin })
  started.defer(() => keyboard.close())
  keyboard.on('line', async () => console.log(`  Sign in         ${await newLink(panel)}`))
  await asked
}

const newLink = (panel: RunningPanel) => createSignInLink(panel.database.db, panel.operatorId, panel.url)

function demoText(link: string, inspectorUrl: string): string {
  return `
Keyroster runs with Contoso, a sample Entra tenant on this machine.

  Sign in         ${link}
                  once, within ten minutes; press Enter for another link
  Sample tenant   ${inspectorUrl}
                  what Keyroster asks it, and faults to try
  Stop            Ctrl+C; the demo's data is removed
`
}
