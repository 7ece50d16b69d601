import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { auditFromConsole } from '../audit/record-from-console.ts'
import { makeBackup } from '../backup/make-backup.ts'
import { type Config, readConfig } from '../config.ts'
import { joinDatabase } from '../db/open.ts'
import { keyFile } from '../secrets/key-file.ts'
import { StartRefusal } from '../start-refusal.ts'
import { isUpToDate } from './is-up-to-date.ts'
import { readArguments } from './read-arguments.ts'

const number = new Intl.NumberFormat('en')

/** `keyroster backup [FILE]`: writes everything but the secret key into one file, whether the panel runs or not. */
export async function backup(args: string[]): Promise<void> {
  const [name = nameOfNow()] = readArguments('backup', args, {}, 1).words
  const config = readConfig(process.env)
  const file = resolve(name)
  if (config.databaseUrl === null && !existsSync(join(config.dataDir, 'postgres'))) {
    throw new StartRefusal(
      `There is nothing to back up: ${config.dataDir} holds no database. Set KEYROSTER_DATA_DIR.`,
    )
  }
  const database = await joinDatabase(config)
  try {
    const { tables, rows, bytes } = await makeBackup(database.pool, file)
    // A database of an older Keyroster, backed up before it is upgraded, has no place for such an event.
    if (await isUpToDate(database.pool)) {
      await auditFromConsole(database.db, 'backup.made', { file: basename(file), rows, bytes })
    }
    console.log(
      `Backed up ${number.format(rows)} rows of ${tables} tables: ${file} (${number.format(bytes)} bytes)`,
    )
  } finally {
    await database.close()
  }
  console.log(keyHint(config))
}

/** Such as `keyroster-2026-11-22T13-45-00Z.backup`, in the current folder. */
function nameOfNow(): string {
  return `keyroster-${new Date().toISOString().replace(/\.\d+/, '').replaceAll(':', '-')}.backup`
}

function keyHint(config: Config): string {
  const { KEYROSTER_SECRET_KEY_FILE: given } = process.env
  const kept = config.secretKey === null ? keyFile(config) : given || 'the variable KEYROSTER_SECRET_KEY'
  return `The secret key is not inside, and the backup is of no use without it. Keep a copy of it too, elsewhere: ${kept}`
}
