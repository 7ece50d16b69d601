import { basename, resolve } from 'node:path'
import { auditFromConsole } from '../audit/record-from-console.ts'
import { restoreBackup } from '../backup/restore-backup.ts'
import { type Config, readConfig } from '../config.ts'
import { openDatabase } from '../db/open.ts'
import { StartRefusal } from '../start-refusal.ts'
import { readArguments } from './read-arguments.ts'

const number = new Intl.NumberFormat('en')

/** `keyroster restore FILE`: fills an empty workspace from a backup. */
export async function restore(args: string[]): Promise<void> {
  const [name] = readArguments('restore', args, {}, 1).words
  if (name === undefined) throw new StartRefusal('Say which file to restore: keyroster restore FILE')
  const config = readConfig(process.env)
  const file = resolve(name)
  const { rows, madeAt, version, unfinishedImports } = await restoreBackup(config, file)
  await recordRestore(config, { file: basename(file), rows, madeAt })
  console.log(`Restored ${number.format(rows)} rows, as Keyroster ${version} backed them up at ${madeAt}.`)
  if (unfinishedImports > 0) {
    console.log(
      `${unfinishedImports === 1 ? 'An import was' : `${unfinishedImports} imports were`} under way then, and will go on when the panel starts.`,
    )
  }
  console.log('Start the panel, and sign in with a passkey or with: npx keyroster sign-in-link')
}

/** The events of the backup came with it; this one says that they are no longer the newest that ever were. */
async function recordRestore(config: Config, detail: Record<string, unknown>): Promise<void> {
  const database = await openDatabase(config)
  try {
    await auditFromConsole(database.db, 'backup.restored', detail)
  } finally {
    await database.close()
  }
}
