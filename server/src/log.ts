import { type DestinationStream, type Logger, pino } from 'pino'
import { printableJson } from './printable-json.ts'
import type { LogLevel } from './settings.ts'

const secretNames = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'clientSecret',
  'client_secret',
  'client_assertion',
  'access_token',
  'id_token',
  'refresh_token',
  'token',
  'code_verifier',
]

/**
 * Makes the panel's log: JSON lines to standard error, without what opens doors, and with what a terminal obeys written as
 * JSON escapes. Standard output is for people.
 */
export function createLog(level: LogLevel, destination: DestinationStream = pino.destination(2)): Logger {
  const paths = [...secretNames, ...secretNames.flatMap((name) => [`*.${name}`, `*.*.${name}`])]
  return pino(
    { level, redact: { paths, censor: '[redacted]' }, hooks: { streamWrite: printableJson } },
    destination,
  )
}
