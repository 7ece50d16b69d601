import { type ParseArgsConfig, parseArgs } from 'node:util'
import { StartRefusal } from '../start-refusal.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/**
 * Reads what follows `keyroster <command>`: these options, and at most so many words. Throws StartRefusal for an unknown
 * option, an option without its value, or a word too many.
 */
export function readArguments<const O extends Options>(
  command: string,
  args: string[],
  options: O,
  mostWords = 0,
) {
  const { values, positionals } = parsed(command, args, options)
  const extra = positionals[mostWords]
  if (extra !== undefined) throw refusal(command, `${extra} is a word too many`)
  return { values, words: positionals }
}

function parsed<const O extends Options>(command: string, args: string[], options: O) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (cause) {
    throw refusal(
      command,
      cause instanceof Error ? cause.message.split('.')[0]! : 'these are no options',
      cause,
    )
  }
}

const refusal = (command: string, reason: string, cause?: unknown) =>
  new StartRefusal(
    `keyroster ${command}: ${reason}. Settings are environment variables: keyroster help lists all.`,
    { cause },
  )
