import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
import { nearest } from '../nearest.ts'
import { StartRefusal } from '../start-refusal.ts'
import { version } from '../version.ts'
import { helpText } from './help.ts'

type Command = (file?: string) => Promise<void>

/** Each is loaded when it is asked for, so that help needs nothing but itself. */
const commands = new Map<string, Command>([
  ['start', async () => (await import('./start.ts')).start()],
  ['demo', async () => (await import('./demo.ts')).demo()],
  ['sign-in-link', async () => (await import('./sign-in-link.ts')).printSignInLink()],
  ['backup', async (file) => (await import('./backup.ts')).backup(file)],
  ['restore', async (file) => (await import('./restore.ts')).restore(file)],
  ['help', async () => console.log(helpText())],
  ['version', async () => console.log(version)],
])

/** Runs `keyroster <command>`; answers the exit code. A refusal is printed as sentences, anything else with its stack. */
export async function runCommand(args: string[]): Promise<number> {
  try {
    const { name, file } = commandOf(args)
    const command = commands.get(name)
    if (command === undefined) {
      const meant = nearest(name, [...commands.keys()])
      throw new StartRefusal(
        `keyroster has no command ${name}. Did you mean ${meant}? All are listed by: keyroster help`,
      )
    }
    await command(file)
    return 0
  } catch (error) {
    printRefusal(error)
    return 1
  }
}

/** These two are followed by a file; to any other, one more word is part of its name, which there is not. */
const takesFile = ['backup', 'restore']

function commandOf(args: string[]): { name: string; file?: string } {
  try {
    const options = {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    } as const
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    if (values.version) return { name: 'version' }
    if (values.help) return { name: 'help' }
    const [first = 'help', file, ...more] = positionals
    const fits = more.length === 0 && (file === undefined || takesFile.includes(first))
    return fits ? { name: first, ...(file !== undefined && { file }) } : { name: positionals.join(' ') }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('.')[0] : 'These options are not understood'
    throw new StartRefusal(`${reason}. Settings are environment variables: keyroster help lists them.`, {
      cause,
    })
  }
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
