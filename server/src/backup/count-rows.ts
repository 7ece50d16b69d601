import { createHash } from 'node:crypto'
import type { RowsOfTable } from './format.ts'

export interface RowCount {
  /** Passes on the rows of the table, whatever pieces they come in, and counts and digests them on the way. */
  through(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer>
  /** What went through, once all of it has. */
  total(): RowsOfTable
}

/** COPY writes a row as a line, so that rows are counted by their ends. */
export function countRows(name: string): RowCount {
  const hash = createHash('sha256')
  let count = 0
  return {
    async *through(rows) {
      for await (const bytes of rows) {
        hash.update(bytes)
        for (let at = bytes.indexOf('\n'); at !== -1; at = bytes.indexOf('\n', at + 1)) count++
        yield bytes
      }
    },
    total: () => ({ name, rows: count, sha256: hash.digest('hex') }),
  }
}
