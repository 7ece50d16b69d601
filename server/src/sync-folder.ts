import { open } from 'node:fs/promises'

/** A new name is safe from a power failure only once its folder is written too. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
