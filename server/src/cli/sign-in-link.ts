import { ensureOperator } from '../admins/operator.ts'
import { createSignInLink } from '../admins/sign-in-links.ts'
import { readConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { joinDatabase } from '../db/open.ts'
import { readArguments } from './read-arguments.ts'

/** `keyroster sign-in-link`: prints a one-time link for the operator, whether the panel runs or not. */
export async function printSignInLink(args: string[]): Promise<void> {
  readArguments('sign-in-link', args, {})
  const config = readConfig(process.env)
  const database = await joinDatabase(config)
  try {
    await migrate(database.pool)
    const link = await createSignInLink(database.db, await ensureOperator(database.db), config.baseUrl)
    console.log(signInLines(link).join('\n'))
  } finally {
    await database.close()
  }
}

/** How the console shows a link. */
export function signInLines(link: string): string[] {
  return ['Sign in within ten minutes, once, with this link:', '', `  ${link}`, '']
}
