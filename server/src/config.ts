import { BlockList, isIP } from 'node:net'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import {
  type Environment,
  type LogLevel,
  logLevels,
  readValues,
  unknownNames,
  type Values,
} from './settings.ts'
import type { TlsFiles } from './tls.ts'

export interface Config {
  host: string
  port: number
  /** What https is served with; null means plain http. */
  tls: TlsFiles | null
  /** Addresses and networks of the reverse proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[]
  /** The origin that browsers use, without a trailing slash: `https://keys.example.com`. */
  baseUrl: string
  /** An absolute folder for the embedded database and the generated secret key; unused with `databaseUrl`. */
  dataDir: string
  /** Your own PostgreSQL; null means the embedded one. */
  databaseUrl: string | null
  /** 32 bytes; null means the key that is kept in the data folder. */
  secretKey: Buffer | null
  /** The key before it, while keys are rotated. */
  oldSecretKey: Buffer | null
  /** Other endpoints than Microsoft's, origins without a trailing slash; null means the connection's cloud. */
  entra: { loginUrl: string; graphUrl: string } | null
  logLevel: LogLevel
  /** What the demo pre-fills in the connect form. */
  demo: { tenant: string; clientId: string; clientSecret: string } | null
}

/** Why Keyroster does not start with this environment: every reason at once, each with what to do. */
export class ConfigError extends Error {
  readonly reasons: string[]

  constructor(reasons: string[]) {
    super(reasons.join('\n'))
    this.name = 'ConfigError'
    this.reasons = reasons
  }
}

/** Reads the configuration from environment variables. Throws ConfigError with all that is wrong. */
export function readConfig(env: Environment): Config {
  const reasons: string[] = unknownNames(env)
  const values = readValues(env, reasons)
  const port = readPort(values, reasons)
  const tls = readTls(values, reasons)
  const config: Config = {
    host: values.KEYROSTER_HOST ?? '127.0.0.1',
    port,
    tls,
    trustedProxies: readTrustedProxies(values.KEYROSTER_TRUST_PROXY, reasons),
    baseUrl: readBaseUrl(values.KEYROSTER_BASE_URL, { port, tls }, reasons),
    dataDir: readDataDir(values.KEYROSTER_DATA_DIR, env, reasons),
    databaseUrl: readDatabaseUrl(values.DATABASE_URL, reasons),
    secretKey: readSecretKey(values, reasons),
    oldSecretKey: readOldSecretKey(values, reasons),
    entra: readEntra(values, reasons),
    logLevel: readLogLevel(values.KEYROSTER_LOG_LEVEL, reasons),
    demo: readDemo(values, reasons),
  }
  refusePlainHttp(config, values.KEYROSTER_INSECURE_HTTP, reasons)
  if (reasons.length > 0) throw new ConfigError(reasons)
  return config
}

/**
 * The panel that `keyroster import` asks, an origin, and the API token it asks with; `url` is what was given as an option.
 * Throws ConfigError.
 */
export function readRemote(env: Environment, url?: string): { url: string; token: string } {
  const { baseUrl } = readConfig(env)
  const reasons: string[] = []
  const { KEYROSTER_URL = baseUrl, KEYROSTER_TOKEN: token = '' } = readValues(env, reasons)
  const panel = readOrigin(url ? '--url' : 'KEYROSTER_URL', url ?? KEYROSTER_URL, reasons)
  if (token === '') {
    reasons.push(
      'KEYROSTER_TOKEN is not set. Make an API token in the panel or with keyroster token create, and set it, or KEYROSTER_TOKEN_FILE to the path of a file that holds it.',
    )
  } else if (!/^kr_[\w-]{43}$/.test(token)) {
    reasons.push(
      'KEYROSTER_TOKEN is no API token: those begin with kr_ and have 46 characters. Copy all of it.',
    )
  }
  if (panel === null || reasons.length > 0) throw new ConfigError(reasons)
  return { url: panel.origin, token }
}

function readPort(values: Values, reasons: string[]): number {
  const text = values.KEYROSTER_PORT ?? '8080'
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) {
    reasons.push(`KEYROSTER_PORT is ${text}. Give a number from 1 to 65535.`)
  }
  return port
}

function readTls(values: Values, reasons: string[]): TlsFiles | null {
  const { KEYROSTER_TLS_CERT: certFile, KEYROSTER_TLS_KEY: keyFile } = values
  if (certFile && keyFile) return { certFile, keyFile }
  if (certFile || keyFile) {
    reasons.push('KEYROSTER_TLS_CERT and KEYROSTER_TLS_KEY go together. Set both, or neither for plain http.')
  }
  return null
}

function readTrustedProxies(text: string | undefined, reasons: string[]): string[] {
  const proxies = (text ?? '').split(',').flatMap((each) => each.trim() || [])
  for (const proxy of proxies.filter((each) => !isNetwork(each))) {
    reasons.push(
      `KEYROSTER_TRUST_PROXY has ${proxy}. Name addresses or networks, such as 10.0.0.7 or 10.0.0.0/24, and not everybody's.`,
    )
  }
  return proxies
}

/** An IP address, alone or with the length of its prefix; a prefix of no length would be every address there is. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const longest = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
  if (more.length > 0 || longest === 0) return false
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= longest)
}

/** Plain http is for this machine, or for a proxy that is named: anybody between reads sessions and changes answers. */
function refusePlainHttp(config: Config, insecure: string | undefined, reasons: string[]): void {
  const said = insecure === 'yes'
  if (insecure !== undefined && !said && insecure !== 'no') {
    reasons.push(`KEYROSTER_INSECURE_HTTP is ${insecure}. Use yes or no.`)
  } else if (said && config.tls !== null) {
    reasons.push('KEYROSTER_INSECURE_HTTP is yes, but KEYROSTER_TLS_CERT is set too. Keep one of them.')
  } else if (!said && config.tls === null && config.trustedProxies.length === 0 && !isLoopback(config.host)) {
    reasons.push(
      `KEYROSTER_HOST is ${config.host}, which others reach, and plain http hides nothing from them. Set KEYROSTER_TLS_CERT and KEYROSTER_TLS_KEY, or name your reverse proxy in KEYROSTER_TRUST_PROXY, or insist with KEYROSTER_INSECURE_HTTP=yes.`,
    )
  }
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

function isLoopback(host: string): boolean {
  const family = isIP(host)
  return family === 0 ? host === 'localhost' : loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

function readBaseUrl(
  text: string | undefined,
  { port, tls }: Pick<Config, 'port' | 'tls'>,
  reasons: string[],
): string {
  if (text === undefined) return `${tls ? 'https' : 'http'}://localhost:${port}`
  const url = readOrigin('KEYROSTER_BASE_URL', text, reasons)
  if (url === null) return text
  if (tls && url.protocol === 'http:') {
    reasons.push(`KEYROSTER_BASE_URL is ${text}, but KEYROSTER_TLS_CERT is set. Write it with https.`)
  }
  if (/^[\d.]+$|^\[/.test(url.hostname)) {
    reasons.push(
      `KEYROSTER_BASE_URL is ${text}. Use a name instead of an IP address: a passkey belongs to a domain name.`,
    )
  }
  return url.origin
}

function readDataDir(text: string | undefined, env: Environment, reasons: string[]): string {
  if (text !== undefined) {
    if (!isAbsolute(text)) reasons.push(`KEYROSTER_DATA_DIR is ${text}. Give an absolute path.`)
    return text
  }
  if (process.getuid?.() === 0) return '/var/lib/keyroster'
  const home = env.XDG_DATA_HOME && isAbsolute(env.XDG_DATA_HOME) ? env.XDG_DATA_HOME : undefined
  return join(home ?? join(env.HOME ?? homedir(), '.local', 'share'), 'keyroster')
}

function readDatabaseUrl(text: string | undefined, reasons: string[]): string | null {
  if (text === undefined) return null
  if (!/^postgres(ql)?:\/\/./.test(text) || !URL.canParse(text)) {
    reasons.push(
      'DATABASE_URL is no PostgreSQL address. Write it as postgres://user:password@host:5432/database.',
    )
  } else if (/[?&](sslmode=no-verify|uselibpqcompat=)/i.test(text)) {
    reasons.push(
      'DATABASE_URL turns TLS on without checking whose certificate it is. Use sslmode=verify-full, with sslrootcert=PATH for a certificate authority of your own.',
    )
  }
  return text
}

function readSecretKey(values: Values, reasons: string[]): Buffer | null {
  const text = values.KEYROSTER_SECRET_KEY
  if (text === undefined) {
    if (values.DATABASE_URL !== undefined) {
      reasons.push('DATABASE_URL needs KEYROSTER_SECRET_KEY too. Make one with: openssl rand -base64 32')
    }
    return null
  }
  const key = decodeKey(text)
  if (key === null) {
    reasons.push(
      'KEYROSTER_SECRET_KEY is not 32 bytes in base64 or hex. Make one with: openssl rand -base64 32',
    )
  }
  return key
}

function readOldSecretKey(values: Values, reasons: string[]): Buffer | null {
  const text = values.KEYROSTER_SECRET_KEY_OLD
  if (text === undefined) return null
  const key = decodeKey(text)
  if (key === null) {
    reasons.push('KEYROSTER_SECRET_KEY_OLD is not 32 bytes in base64 or hex. Give the key that was in use.')
  } else if (values.KEYROSTER_SECRET_KEY === undefined) {
    reasons.push('KEYROSTER_SECRET_KEY_OLD needs KEYROSTER_SECRET_KEY too, the key that follows it.')
  } else if (decodeKey(values.KEYROSTER_SECRET_KEY)?.equals(key)) {
    reasons.push('KEYROSTER_SECRET_KEY_OLD is the same key as KEYROSTER_SECRET_KEY. Remove it.')
  }
  return key
}

/** 32 bytes in base64, base64url or hex; null for anything else. */
function decodeKey(text: string): Buffer | null {
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64')
  return key.length === 32 && /^[\w+/-]+={0,2}$/.test(text) ? key : null
}

function readEntra(values: Values, reasons: string[]): Config['entra'] {
  const { KEYROSTER_ENTRA_LOGIN_URL: login, KEYROSTER_GRAPH_URL: graph } = values
  if (login === undefined && graph === undefined) return null
  if (login === undefined || graph === undefined) {
    reasons.push(
      'KEYROSTER_ENTRA_LOGIN_URL and KEYROSTER_GRAPH_URL go together. Set both, or neither for Microsoft.',
    )
    return null
  }
  const loginUrl = readOrigin('KEYROSTER_ENTRA_LOGIN_URL', login, reasons)
  const graphUrl = readOrigin('KEYROSTER_GRAPH_URL', graph, reasons)
  return loginUrl && graphUrl && { loginUrl: loginUrl.origin, graphUrl: graphUrl.origin }
}

function readLogLevel(text: string | undefined, reasons: string[]): LogLevel {
  const level = logLevels.find((known) => known === (text ?? 'info'))
  if (level === undefined) reasons.push(`KEYROSTER_LOG_LEVEL is ${text}. Use one of ${logLevels.join(', ')}.`)
  return level ?? 'info'
}

function readDemo(values: Values, reasons: string[]): Config['demo'] {
  const tenant = values.KEYROSTER_DEMO_TENANT
  const clientId = values.KEYROSTER_DEMO_CLIENT_ID
  const clientSecret = values.KEYROSTER_DEMO_CLIENT_SECRET
  if (tenant && clientId && clientSecret) return { tenant, clientId, clientSecret }
  if (tenant || clientId || clientSecret) {
    reasons.push('The three KEYROSTER_DEMO_ settings go together. Set all of them, or none.')
  }
  return null
}

/** Reads `scheme://host[:port]` and nothing behind it; http is for this machine alone. */
function readOrigin(name: string, text: string, reasons: string[]): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    reasons.push(`${name} is ${text}. Write it as https://name or https://name:port.`)
    return null
  }
  if (url.href !== `${url.origin}/`) {
    reasons.push(`${name} is ${text}. Write ${url.origin} alone, with nothing behind it.`)
  }
  if (url.protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) {
    reasons.push(`${name} is ${text}. Use https: http is accepted for localhost only.`)
  }
  return url
}
