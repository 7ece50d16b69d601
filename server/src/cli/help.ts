import { settings } from '../settings.ts'
import { version } from '../version.ts'
import {
  createTokenOptions,
  importOptions,
  listTokensOptions,
  type Option,
  signInLinkOptions,
} from './options.ts'

const commands: [name: string, does: string, options?: Record<string, Option>][] = [
  ['start', 'runs the panel'],
  ['demo', 'runs the panel with a sample Entra tenant; all is gone at the end'],
  ['sign-in-link', 'prints a link that signs an admin in, once, within ten minutes', signInLinkOptions],
  ['backup [FILE]', 'writes everything but the secret key into a file, while the panel runs or not'],
  ['restore FILE', 'fills an empty workspace from a backup; needs the secret key it was sealed with'],
  ['rotate-key', 'replaces the keys that secrets are sealed with, while the panel runs or not'],
  ['token create', 'makes an API token for scripts, and prints it this once', createTokenOptions],
  ['token list', 'lists the API tokens that live', listTokensOptions],
  ['token revoke', 'ends an API token at once: by its ID, or by how it begins, kr_…'],
  ['import', 'imports from a connection of a panel that runs; needs KEYROSTER_TOKEN', importOptions],
  ['audit verify', "proves that no audit event was changed or removed, and prints the newest one's hash"],
  ['help', 'prints this'],
  ['version', 'prints the version'],
]

/** What `keyroster help` prints: the commands, and every setting with its default. */
export function helpText(): string {
  return [
    `Keyroster ${version}`,
    '',
    'Usage: npx keyroster <command>',
    '',
    ...commands.flatMap(([name, does, options = {}]) => [
      `  ${name.padEnd(16)}${does}`,
      ...Object.entries(options).map(([option, { means, ...rest }]) => {
        const value = 'value' in rest ? ` ${rest.value}` : ''
        return `      ${`--${option}${value}`.padEnd(20)}${means}`
      }),
    ]),
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
