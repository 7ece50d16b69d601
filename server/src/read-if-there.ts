import { readFile } from 'node:fs/promises'

/** The text of a file; null where there is none. It may go at any moment, so nobody looks first. Rejects with whatever else is wrong. */
export async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
