import { Readable } from 'node:stream'
import { keepReach } from '../db/reach.ts'
import type { Db } from '../db/schema.ts'
import { allEntries } from './list-entries.ts'

/** Characters that go out at once: a person alone is too little for a write of its own. */
const pieceLength = 64 * 1024

/**
 * The plan or report of a run as JSON lines (https://jsonlines.org), one person a line, streamed. Each is what the API answers in
 * its lists: nothing is defused, so every value is exactly what it is.
 */
export function entriesJsonl(db: Db, runId: string): Readable {
  return Readable.from(keepReach(pieces(db, runId)))
}

async function* pieces(db: Db, runId: string): AsyncGenerator<string> {
  let piece = ''
  for await (const entry of allEntries(db, runId)) {
    piece += `${JSON.stringify(entry)}\n`
    if (piece.length < pieceLength) continue
    yield piece
    piece = ''
  }
  yield piece
}
