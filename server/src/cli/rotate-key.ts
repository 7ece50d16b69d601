import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, readConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { joinDatabase } from '../db/open.ts'
import { createLog } from '../log.ts'
import { keyFile, oldKeyFile } from '../secrets/key-file.ts'
import { type Rotation, rotateKeys } from '../secrets/rotate-keys.ts'
import { openSecretKeys } from '../secrets/secret-keys.ts'
import { StartRefusal } from '../start-refusal.ts'
import { readArguments } from './read-arguments.ts'

/** `keyroster rotate-key`: replaces the keys that secrets are sealed with, whether the panel runs or not. */
export async function rotateKey(args: string[]): Promise<void> {
  readArguments('rotate-key', args, {})
  const config = readConfig(process.env)
  if (config.databaseUrl === null && !existsSync(join(config.dataDir, 'postgres'))) {
    throw new StartRefusal(
      `There is no key to rotate: ${config.dataDir} holds no database. Set KEYROSTER_DATA_DIR.`,
    )
  }
  const database = await joinDatabase(config)
  try {
    await migrate(database.pool)
    const keys = await openSecretKeys(config, database.db, createLog('error'))
    console.log(said(config, await rotateKeys(config, database, keys)).join('\n'))
  } finally {
    await database.close()
  }
}

function said(config: Config, { resumed, secretKeyReplaced, secrets }: Rotation): string[] {
  const done = resumed
    ? 'Finished the rotation that was interrupted'
    : secretKeyReplaced
      ? 'Replaced the secret key and the data keys'
      : 'Replaced the data keys'
  const what = secrets === 1 ? '1 secret was' : `${secrets} secrets were`
  return [`${done}; ${what} sealed anew.`, ...next(config, { resumed, secretKeyReplaced })]
}

function next(config: Config, { resumed, secretKeyReplaced }: Omit<Rotation, 'secrets'>): string[] {
  const backUp = 'Make a new backup: those made before need the secret key from before.'
  if (config.secretKey === null) {
    return [backUp, `Copy ${keyFile(config)} to where you keep it; the one before is ${oldKeyFile(config)}.`]
  }
  if (config.oldSecretKey !== null) {
    return [backUp, 'Start every panel once more without KEYROSTER_SECRET_KEY_OLD.']
  }
  if (resumed || secretKeyReplaced) return []
  return [
    'KEYROSTER_SECRET_KEY is the same as before. To replace it too, start every panel with a new one and with this one as',
    'KEYROSTER_SECRET_KEY_OLD, then run this again with the same settings.',
  ]
}
