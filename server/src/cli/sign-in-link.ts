import { createSignInLink } from '../admins/sign-in-links.ts'
import { readConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { joinDatabase } from '../db/open.ts'
import { findAdmin } from './find-admin.ts'
import { signInLinkOptions } from './options.ts'
import { printable } from './printable.ts'
import { readArguments } from './read-arguments.ts'

/**
 * `keyroster sign-in-link`: prints a one-time link for the first owner, or with --admin for whom it says, whether the panel
 * runs or not.
 */
export async function printSignInLink(args: string[]): Promise<void> {
  const { admin: email } = readArguments('sign-in-link', args, signInLinkOptions).values
  const config = readConfig(process.env)
  const database = await joinDatabase(config)
  try {
    await migrate(database.pool)
    const { id, name } = await findAdmin(database.db, email)
    const link = await createSignInLink(database.db, id, config.baseUrl)
    console.log(signInLines(link, email === undefined ? null : printable(name)).join('\n'))
  } finally {
    await database.close()
  }
}

/** How the console shows a link; `name` says for whom, where it is not simply whoever has the console. */
export function signInLines(link: string, name: string | null = null): string[] {
  const who = name === null ? 'Sign in' : `Sign in as ${name}`
  return [`${who} within ten minutes, once, with this link:`, '', `  ${link}`, '']
}
