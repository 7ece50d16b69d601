import { settings } from '../config.ts'
import { version } from '../version.ts'

const commands = [
  ['start', 'runs the panel'],
  ['demo', 'runs the panel with a sample Entra tenant; all is gone at the end'],
  ['sign-in-link', 'prints a link that signs the operator in, once, within ten minutes'],
  ['backup [FILE]', 'writes everything but the secret key into a file, while the panel runs or not'],
  ['restore FILE', 'fills an empty workspace from a backup; needs the secret key it was sealed with'],
  ['help', 'prints this'],
  ['version', 'prints the version'],
] as const

/** What `keyroster help` prints: the commands, and every setting with its default. */
export function helpText(): string {
  return [
    `Keyroster ${version}`,
    '',
    'Usage: npx keyroster <command>',
    '',
    ...commands.map(([name, does]) => `  ${name.padEnd(16)}${does}`),
    '',
    'Settings are environment variables:',
    '',
    ...Object.entries(settings).flatMap(([name, { means, byDefault, ...rest }]) => [
      `  ${name}${'secret' in rest ? `, or ${name}_FILE with the path of a file that holds it` : ''}`,
      `      ${means}`,
      `      Default: ${byDefault}`,
    ]),
  ].join('\n')
}
