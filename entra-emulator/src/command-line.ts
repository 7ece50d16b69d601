import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type SeedName, seeds } from './seed/seeds.ts'
import type { EmulatorOptions } from './start.ts'

export const HELP = `entra-emulator: a local Microsoft Entra tenant with login and Graph v1.0

  --tenant <name>           contoso, the sample tenant and the default; hostile, with data that no panel expects;
                            or instead a generated one:
  --users <n>               how many users
  --groups <n>              how many groups; 0 if not given
  --members-per-group <n>   how large a group is on average
  --seed <n>                the same seed makes the same tenant

  --port <n>                any free port if not given
  --host <address>          address to listen on; 127.0.0.1 if not given
  --https                   speak https, with an authority of its own
  --ca-file <file>          where to write that authority's certificate, for clients to trust
  --latency <ms>            how long each Graph page takes to come
  --redirect-uri <url>      reply address of the sample app; may be given several times
  --granted                 consent is there already
  --other-tenants           serve a second tenant, Fabrikam, too
  --no-throttle             never answer 429
  --help                    this text`

const FLAGS = {
  tenant: { type: 'string' },
  users: { type: 'string' },
  groups: { type: 'string' },
  'members-per-group': { type: 'string' },
  seed: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  https: { type: 'boolean' },
  'ca-file': { type: 'string' },
  latency: { type: 'string' },
  'redirect-uri': { type: 'string', multiple: true },
  granted: { type: 'boolean' },
  'other-tenants': { type: 'boolean' },
  'no-throttle': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options']

type Flags = ReturnType<typeof parseArgs<{ options: typeof FLAGS }>>['values']

/** What the command line asks for; a problem is a sentence for the person who typed it. */
export type Command =
  | { kind: 'start'; options: EmulatorOptions; caFile: string | undefined }
  | { kind: 'help' }
  | { kind: 'problem'; problem: string }

export function readCommandLine(args: string[]): Command {
  try {
    const { values } = parseArgs({ args, options: FLAGS })
    if (values.help) return { kind: 'help' }
    return { kind: 'start', options: readOptions(values), caFile: values['ca-file'] }
  } catch (error) {
    if (error instanceof CommandLineProblem || isParseProblem(error)) {
      return { kind: 'problem', problem: error.message }
    }
    throw error
  }
}

class CommandLineProblem extends Error {}

/** Node's own refusal of a flag, already a sentence. */
function isParseProblem(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
}

function readOptions(flags: Flags): EmulatorOptions {
  if (flags['ca-file'] && !flags.https)
    throw new CommandLineProblem('--ca-file only makes sense with --https.')
  return {
    seed: readSeed(flags),
    port: readNumber(flags, 'port', 65_535),
    host: flags.host,
    https: flags.https,
    latencyMs: readNumber(flags, 'latency'),
    redirectUris: flags['redirect-uri']?.map(readRedirectUri),
    granted: flags.granted,
    otherTenants: flags['other-tenants'],
    throttle: !flags['no-throttle'],
  }
}

function readSeed(flags: Flags): EmulatorOptions['seed'] {
  const generated = (['groups', 'members-per-group', 'seed'] as const).find((name) => flags[name])
  if (flags.users === undefined) {
    if (generated) throw new CommandLineProblem(`--${generated} needs --users: a seeded tenant is as it is.`)
    const { tenant = 'contoso' } = flags
    if (!isSeedName(tenant)) {
      throw new CommandLineProblem(
        `There is no tenant '${tenant}'. Choose ${Object.keys(seeds).join(' or ')}, or generate one with --users.`,
      )
    }
    return tenant
  }
  if (flags.tenant) throw new CommandLineProblem('Choose either --tenant or --users.')
  return {
    users: readNumber(flags, 'users') ?? 0,
    groups: readNumber(flags, 'groups') ?? 0,
    membersPerGroup: readNumber(flags, 'members-per-group'),
    seed: readNumber(flags, 'seed'),
  }
}

function isSeedName(name: string): name is SeedName {
  return Object.hasOwn(seeds, name)
}

type NumberFlag = 'users' | 'groups' | 'members-per-group' | 'seed' | 'port' | 'latency'

function readNumber(flags: Flags, name: NumberFlag, largest = 10_000_000): number | undefined {
  const text = flags[name]
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > largest) {
    throw new CommandLineProblem(`--${name} takes a whole number from 0 to ${largest}, not '${text}'.`)
  }
  return value
}

function readRedirectUri(text: string): string {
  if (!URL.canParse(text)) throw new CommandLineProblem(`--redirect-uri takes a whole URL, not '${text}'.`)
  return text
}
