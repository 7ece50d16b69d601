import { ConfigError } from '../config.ts'
import { nearest } from '../nearest.ts'
import { StartRefusal } from '../start-refusal.ts'
import { version } from '../version.ts'
import { helpText } from './help.ts'
import { readArguments } from './read-arguments.ts'

/** Answers a number where its exit code is not 0. */
type Command = (args: string[]) => Promise<unknown>

/** Each is loaded when it is asked for, so that help needs nothing but itself. Each reads its own arguments. */
const commands = new Map<string, Command>([
  ['start', async (args) => readArguments('start', args, {}) && (await import('./start.ts')).start()],
  ['demo', async (args) => readArguments('demo', args, {}) && (await import('./demo.ts')).demo()],
  ['sign-in-link', async (args) => (await import('./sign-in-link.ts')).printSignInLink(args)],
  ['backup', async (args) => (await import('./backup.ts')).backup(args)],
  ['restore', async (args) => (await import('./restore.ts')).restore(args)],
  ['rotate-key', async (args) => (await import('./rotate-key.ts')).rotateKey(args)],
  ['import', async (args) => (await import('./import.ts')).importPeople(args)],
  ['token', async (args) => (await import('./token.ts')).token(args)],
  ['audit', async (args) => (await import('./audit.ts')).audit(args)],
  ['help', async () => console.log(helpText())],
  ['version', async () => console.log(version)],
])

/** Runs `keyroster <command>`; answers the exit code. A refusal is printed as sentences, anything else with its stack. */
export async function runCommand([name = 'help', ...args]: string[]): Promise<number> {
  try {
    const command = commands.get(wordFor[name] ?? name)
    if (command === undefined) {
      if (name.startsWith('-'))
        throw new StartRefusal(
          `There is no option ${name}. Settings are environment variables: keyroster help lists them.`,
        )
      const meant = nearest(name, [...commands.keys()])
      throw new StartRefusal(
        `keyroster has no command ${name}. Did you mean ${meant}? All are listed by: keyroster help`,
      )
    }
    const code = await command(args)
    return typeof code === 'number' ? code : 0
  } catch (error) {
    printRefusal(error)
    return 1
  }
}

const wordFor: Record<string, string> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-v': 'version',
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
