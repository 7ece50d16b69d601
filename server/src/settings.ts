import { readFileSync } from 'node:fs'
import { nearest } from './nearest.ts'

/** From what is graver than all else to every detail, and nothing at all. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

interface Setting {
  /** What holds when the variable is unset, as `keyroster help` shows it. */
  byDefault: string
  means: string
  /** A secret may also be given as the path of a file, in the variable of this name with _FILE added. */
  secret?: true
}

/** Every variable that Keyroster reads: what `keyroster help` lists is what `readConfig` accepts. */
export const settings = {
  KEYROSTER_HOST: { byDefault: '127.0.0.1', means: 'The address to listen on. 0.0.0.0 is every address.' },
  KEYROSTER_PORT: { byDefault: '8080', means: 'The port to listen on.' },
  KEYROSTER_BASE_URL: {
    byDefault: 'http://localhost:PORT, or https with KEYROSTER_TLS_CERT',
    means: 'Where browsers find the panel. https, except for localhost.',
  },
  KEYROSTER_TLS_CERT: {
    byDefault: 'plain http',
    means: 'A PEM file: the certificate for https, with those that signed it. Read again when it changes.',
  },
  KEYROSTER_TLS_KEY: { byDefault: 'plain http', means: 'A PEM file: the private key of that certificate.' },
  KEYROSTER_TRUST_PROXY: {
    byDefault: 'nobody is believed',
    means:
      'Addresses or networks of your reverse proxies, with commas: X-Forwarded-For is believed from them alone.',
  },
  KEYROSTER_INSECURE_HTTP: {
    byDefault: 'no',
    means:
      'yes lets the panel speak plain http on an address that others reach, without TLS or a proxy named.',
  },
  KEYROSTER_DATA_DIR: {
    byDefault: '/var/lib/keyroster as root, else ~/.local/share/keyroster',
    means: 'The folder of the embedded database and the generated secret key.',
  },
  DATABASE_URL: {
    byDefault: 'the embedded PostgreSQL',
    means: 'Your own PostgreSQL, 15 or later: postgres://user:password@host/database.',
    secret: true,
  },
  KEYROSTER_SECRET_KEY: {
    byDefault: 'made at first start in the data folder',
    means: 'Seals credentials in the database: 32 bytes in base64 or hex. Required with DATABASE_URL.',
    secret: true,
  },
  KEYROSTER_SECRET_KEY_OLD: {
    byDefault: 'unset',
    means: 'The secret key before KEYROSTER_SECRET_KEY, until keyroster rotate-key has replaced it.',
    secret: true,
  },
  KEYROSTER_ENTRA_LOGIN_URL: {
    byDefault: "Microsoft's, by cloud",
    means: 'Another origin for signing in at Entra. Needs KEYROSTER_GRAPH_URL too.',
  },
  KEYROSTER_GRAPH_URL: {
    byDefault: "Microsoft's, by cloud",
    means: 'Another origin for Microsoft Graph. Needs KEYROSTER_ENTRA_LOGIN_URL too.',
  },
  KEYROSTER_TOKEN: {
    byDefault: 'unset',
    means:
      'The API token of keyroster import. Not an option: everybody on a machine sees what a command is started with.',
    secret: true,
  },
  KEYROSTER_URL: {
    byDefault: 'KEYROSTER_BASE_URL, or its default',
    means: 'The panel that keyroster import asks.',
  },
  KEYROSTER_LOG_LEVEL: { byDefault: 'info', means: `How much is logged: ${logLevels.join(', ')}.` },
  KEYROSTER_DEMO_TENANT: {
    byDefault: 'set by keyroster demo',
    means: 'The tenant the connect form starts with.',
  },
  KEYROSTER_DEMO_CLIENT_ID: { byDefault: 'set by keyroster demo', means: 'The client ID it starts with.' },
  KEYROSTER_DEMO_CLIENT_SECRET: {
    byDefault: 'set by keyroster demo',
    means: 'The client secret it starts with.',
    secret: true,
  },
} as const satisfies Record<string, Setting>

type SettingName = keyof typeof settings
export type Environment = Record<string, string | undefined>

/** The names that may be set: each setting, and for a secret its _FILE. */
export function knownNames(): string[] {
  return Object.entries<Setting>(settings).flatMap(([name, { secret }]) =>
    secret ? [name, `${name}_FILE`] : [name],
  )
}

/** Why names are no settings, each with the one it resembles most. */
export function unknownNames(env: Environment): string[] {
  const known = knownNames()
  return Object.keys(env)
    .filter((name) => name.startsWith('KEYROSTER_') && !known.includes(name))
    .map((name) => `${name} is no setting of Keyroster. Did you mean ${nearest(name, known)}?`)
}

/** What is set, by name. */
export type Values = Partial<Record<SettingName, string>>

/**
 * The settings as they are given, secrets read from their files; what cannot be read is told in `reasons`. An empty variable
 * counts as unset, because that is how compose files pass what nobody filled in.
 */
export function readValues(env: Environment, reasons: string[]): Values {
  const values: Values = {}
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting][]) {
    const value = setting.secret ? readSecret(env, name, reasons) : env[name]
    if (value) values[name] = value
  }
  return values
}

function readSecret(env: Environment, name: string, reasons: string[]): string | undefined {
  const path = env[`${name}_FILE`]
  if (!path) return env[name]
  if (env[name]) reasons.push(`${name} and ${name}_FILE are both set. Keep one of them.`)
  try {
    const text = readFileSync(path, 'utf8').trim()
    if (text === '') reasons.push(`${name}_FILE names ${path}, which is empty. Put the value into it.`)
    return text
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unreadable'
    reasons.push(
      `${name}_FILE names ${path}, which cannot be read (${code}). Check the path and who may read it.`,
    )
    return undefined
  }
}
