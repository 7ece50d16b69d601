import { createSignInLink } from '../admins/sign-in-links.ts'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { type RunningPanel, run } from '../main.ts'
import { signInLines } from './sign-in-link.ts'
import { untilSignal } from './until-signal.ts'

/** `keyroster start`: runs the panel until it is told to stop. */
export async function start(): Promise<void> {
  const asked = untilSignal()
  const config = readConfig(process.env)
  const log = createLog(config.logLevel)
  const panel = await run(config, log)
  console.log(`Keyroster runs at ${panel.url}`)
  if (await nobodyHasPasskey(panel)) {
    const link = await createSignInLink(panel.database.db, panel.operatorId, panel.url)
    console.log(signInLines(link).join('\n'))
  }
  await asked
  log.info('stopping')
  await panel.close()
}

/** Until somebody added a passkey, a link is the only way in. */
async function nobodyHasPasskey(panel: RunningPanel): Promise<boolean> {
  const passkey = await panel.database.db.selectFrom('passkeys').select('id').limit(1).executeTakeFirst()
  return passkey === undefined
}
