import { tokenScopes } from '@keyroster/api/roles.ts'

/** An option of a command: `readArguments` takes it, and `keyroster help` shows it with the name of its value. */
export type Option = { means: string } & (
  | { type: 'boolean' }
  | { type: 'string'; value: string; multiple?: boolean }
)

export const signInLinkOptions = {
  admin: { type: 'string', value: 'EMAIL', means: 'Whom it signs in. Default: the first owner.' },
} as const satisfies Record<string, Option>

export const createTokenOptions = {
  name: { type: 'string', value: 'NAME', means: 'What it is for; shown in the list and the audit log.' },
  scope: {
    type: 'string',
    value: 'SCOPE',
    multiple: true,
    means: `What it may do, once for each: ${tokenScopes.join(', ')}.`,
  },
  days: { type: 'string', value: 'N', means: 'For how many days, 365 at most. Default: 90.' },
  admin: { type: 'string', value: 'EMAIL', means: 'For whom it acts. Default: the first owner.' },
  json: { type: 'boolean', means: 'Prints it as JSON, with everything about it.' },
} as const satisfies Record<string, Option>

export const listTokensOptions = {
  json: { type: 'boolean', means: 'Prints them as JSON.' },
} as const satisfies Record<string, Option>

export const importOptions = {
  connection: { type: 'string', value: 'NAME', means: 'From which connection: its name, or its ID.' },
  group: {
    type: 'string',
    value: 'ID',
    multiple: true,
    means:
      'Only the people of this group, nested groups included: its object ID in Entra. Once for each group.',
  },
  'sync-existing': {
    type: 'boolean',
    means: 'Links people who exist with the same email, and updates and suspends linked ones.',
  },
  'only-update': { type: 'boolean', means: 'With --sync-existing: adds nobody.' },
  'include-guests': { type: 'boolean', means: 'Takes guests too.' },
  'include-disabled': { type: 'boolean', means: 'Takes disabled accounts too.' },
  'dry-run': { type: 'boolean', means: 'Makes the plan, prints it and cancels: nothing is written.' },
  yes: { type: 'boolean', means: 'Applies the plan without asking. Needed where nobody sits at a terminal.' },
  json: {
    type: 'boolean',
    means: 'Prints the run as one JSON document at the end; words go to standard error.',
  },
  url: { type: 'string', value: 'URL', means: 'Which panel, in place of KEYROSTER_URL.' },
} as const satisfies Record<string, Option>
