import { resolve } from 'node:path'
import { restoreBackup } from '../backup/restore-backup.ts'
import { readConfig } from '../config.ts'
import { StartRefusal } from '../start-refusal.ts'
import { readArguments } from './read-arguments.ts'

const number = new Intl.NumberFormat('en')

/** `keyroster restore FILE`: fills an empty workspace from a backup. */
export async function restore(args: string[]): Promise<void> {
  const [name] = readArguments('restore', args, {}, 1).words
  if (name === undefined) throw new StartRefusal('Say which file to restore: keyroster restore FILE')
  const { rows, madeAt, version, unfinishedImports } = await restoreBackup(
    readConfig(process.env),
    resolve(name),
  )
  console.log(`Restored ${number.format(rows)} rows, as Keyroster ${version} backed them up at ${madeAt}.`)
  if (unfinishedImports > 0) {
    console.log(
      `${unfinishedImports === 1 ? 'An import was' : `${unfinishedImports} imports were`} under way then, and will go on when the panel starts.`,
    )
  }
  console.log('Start the panel, and sign in with a passkey or with: npx keyroster sign-in-link')
}
