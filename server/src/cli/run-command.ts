import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
import { nearest } from '../nearest.ts'
import { StartRefusal } from '../start-refusal.ts'
import { version } from '../version.ts'
import { helpText } from './help.ts'

/** Each is loaded when it is asked for, so that help needs nothing but itself. */
const commands = new Map([
  ['start', async () => (await import('./start.ts')).start()],
  ['demo', async () => (await import('./demo.ts')).demo()],
  ['sign-in-link', async () => (await import('./sign-in-link.ts')).printSignInLink()],
  ['help', async () => console.log(helpText())],
  ['version', async () => console.log(version)],
])

/** Runs `keyroster <command>`; answers the exit code. A refusal is printed as sentences, anything else with its stack. */
export async function runCommand(args: string[]): Promise<number> {
  const name = commandOf(args)
  const command = commands.get(name)
  if (command === undefined) {
    console.error(`keyroster has no command ${name}. Did you mean ${nearest(name, [...commands.keys()])}?`)
    return 2
  }
  try {
    await command()
    return 0
  } catch (error) {
    printRefusal(error)
    return 1
  }
}

function commandOf(args: string[]): string {
  const options = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ args, options, strict: false, allowPositionals: true })
  if (values.version) return 'version'
  const unknown = Object.keys(values).find((name) => !(name in options))
  if (unknown !== undefined) return `--${unknown}`
  return values.help ? 'help' : positionals.join(' ') || 'help'
}

function printRefusal(error: unknown): void {
  if (error instanceof ConfigError) {
    console.error('Keyroster does not start:')
    for (const reason of error.reasons) console.error(`  - ${reason}`)
    console.error('Every setting is listed by: npx keyroster help')
  } else if (error instanceof StartRefusal) {
    console.error(error.message)
  } else {
    console.error(error)
  }
}
