import { DatabaseSync } from 'node:sqlite'
import { StartRefusal } from '../start-refusal.ts'

/**
 * Takes a data folder for this process alone; the answer gives it back. The kernel frees the lock however the process
 * ends: Node has no file locks of its own, SQLite brings them. Throws StartRefusal where another process has it.
 */
export function lockFolder(folder: string): () => void {
  const lock = new DatabaseSync(`${folder}/panel.lock`)
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive')
  } catch (cause) {
    lock.close()
    throw new StartRefusal(
      `Another Keyroster is using ${folder}. Stop it first, or give this one a folder of its own with KEYROSTER_DATA_DIR.`,
      { cause },
    )
  }
  return () => lock.close()
}
