import { createSignInLink } from '../admins/sign-in-links.ts'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { run } from '../main.ts'
import { freePort } from './free-port.ts'
import { type Sample, startSample } from './sample.ts'
import { untilSignal } from './until-signal.ts'

/** `keyroster demo`: the panel with the sample tenant, on the next free port; nothing of it stays. */
export async function demo(): Promise<void> {
  const { KEYROSTER_HOST: host = '127.0.0.1', KEYROSTER_LOG_LEVEL = 'warn' } = process.env
  const port = await freePort(host, Number(process.env.KEYROSTER_PORT) || 8080)
  const sample = await startSample(`http://localhost:${port}`)
  try {
    // Of the surroundings only these: a demo must never meet the database of a real panel.
    const env = { ...sample.env, KEYROSTER_HOST: host, KEYROSTER_PORT: String(port), KEYROSTER_LOG_LEVEL }
    await runUntilSignal(env, sample)
  } finally {
    await sample.close()
  }
}

async function runUntilSignal(env: Record<string, string>, sample: Sample): Promise<void> {
  const config = readConfig(env)
  const panel = await run(config, createLog(config.logLevel))
  const link = await createSignInLink(panel.database.db, panel.operatorId, panel.url)
  console.log(demoText(link, sample.inspectorUrl))
  await untilSignal()
  await panel.close()
}

function demoText(link: string, inspectorUrl: string): string {
  return `
Keyroster runs with Contoso, a sample Entra tenant on this machine.

  Sign in         ${link}
                  once, within ten minutes; for another, stop and start the demo
  Sample tenant   ${inspectorUrl}
                  what Keyroster asks it, and faults to try
  Stop            Ctrl+C; the demo's data is removed
`
}
