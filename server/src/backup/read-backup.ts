import { createReadStream } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { createGunzip } from 'node:zlib'
import type { z } from 'zod'
import { StartRefusal } from '../start-refusal.ts'
import { countRows } from './count-rows.ts'
import {
  anyHead,
  endMark,
  formatVersion,
  type Head,
  head,
  type RowsOfTable,
  tableLine,
  tallyLine,
} from './format.ts'
import type { Table } from './tables.ts'

export interface Backup {
  head: Head
  tables: RowsOfTable[]
}

/** Takes the rows of a table to their end; `rows` are whole lines of COPY. */
export type TakeRows = (table: Table, rows: AsyncIterable<Buffer>) => Promise<void>

/** Longer than any line but a row can be. */
const lineLimit = 2 ** 20

/**
 * Reads a backup from its first byte to its last, handing on each table's rows, and answers what it says of itself. Throws
 * StartRefusal where the file is none, is of a newer Keyroster, or is not exactly what was written: `take` has then seen
 * rows that must be forgotten.
 */
export async function readBackup(file: string, take: TakeRows = passOver): Promise<Backup> {
  const bytes = createReadStream(file)
  const text = createGunzip({ chunkSize: 2 ** 18 })
  bytes.once('error', (error) => text.destroy(error))
  try {
    const reader = readerOf(bytes.pipe(text))
    const found = await readHead(reader, file)
    const tables = await readTables(reader, take)
    return { head: found, tables }
  } catch (error) {
    throw asRefusal(error, file)
  } finally {
    bytes.destroy()
    text.destroy()
  }
}

async function passOver(_table: Table, rows: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of rows);
}

/** The file is not what was written. */
class Broken extends Error {}

async function readHead(reader: Reader, file: string): Promise<Head> {
  const line = await reader.line().catch((error) => {
    throw isAboutBytes(error) ? foreign(file, error) : error
  })
  const found = parse(anyHead, line)
  if (found === null) throw foreign(file)
  if (found.format > formatVersion) throw newer(file, found.version)
  const known = parse(head, line)
  if (known === null) throw new Broken('its first line is not understood')
  return known
}

async function readTables(reader: Reader, take: TakeRows): Promise<RowsOfTable[]> {
  const counted: RowsOfTable[] = []
  for (;;) {
    const line = await reader.line()
    const table = parse(tableLine, line)
    if (table === null) {
      const tally = parse(tallyLine, line)
      if (tally === null) throw new Broken('a line is not understood')
      if (!isDeepStrictEqual(tally.tables, counted)) throw new Broken('its rows are not those it was made of')
      if ((await reader.line()) !== null) throw new Broken('something follows its end')
      return counted
    }
    const counting = countRows(table.table)
    await take({ name: table.table, columns: table.columns }, counting.through(reader.rows()))
    counted.push(counting.total())
  }
}

function parse<T extends z.ZodType>(shape: T, line: string | null): z.output<T> | null {
  if (line === null) return null
  try {
    return shape.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}

interface Reader {
  /** The next line, without its end; null after the last. */
  line(): Promise<string | null>
  /** The lines up to the end mark, many at a time. */
  rows(): AsyncGenerator<Buffer>
}

function readerOf(source: AsyncIterable<Buffer>): Reader {
  const chunks = source[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  const more = async () => {
    const next = await chunks.next()
    if (!next.done) rest = rest.length === 0 ? next.value : Buffer.concat([rest, next.value])
    return !next.done
  }
  return {
    async line() {
      for (;;) {
        const end = rest.indexOf('\n')
        if (end !== -1) {
          const line = rest.toString('utf8', 0, end)
          rest = rest.subarray(end + 1)
          return line
        }
        if (rest.length > lineLimit) throw new Broken('a line does not end')
        if (await more()) continue
        if (rest.length > 0) throw new Broken('its last line is cut')
        return null
      }
    },
    async *rows() {
      for (;;) {
        const lines = rest.subarray(0, rest.lastIndexOf('\n') + 1)
        const end = startOfEndMark(lines)
        if (end !== -1) {
          rest = rest.subarray(end + endMark.length)
          if (end > 0) yield lines.subarray(0, end)
          return
        }
        rest = rest.subarray(lines.length)
        if (lines.length > 0) yield lines
        if (!(await more())) throw new Broken('a table does not end')
      }
    },
  }
}

/** Where the end mark stands in these whole lines, as a line of its own; -1 where it does not. */
function startOfEndMark(lines: Buffer): number {
  if (lines.subarray(0, endMark.length).equals(Buffer.from(endMark))) return 0
  const before = lines.indexOf(`\n${endMark}`)
  return before === -1 ? -1 : before + 1
}

/** zlib's own errors: https://nodejs.org/api/zlib.html#zlibconstants */
function isAboutBytes(error: unknown): boolean {
  return (
    error instanceof Broken || (error instanceof Error && 'code' in error && /^Z_/.test(String(error.code)))
  )
}

const foreign = (file: string, cause?: unknown) =>
  new StartRefusal(`${file} is no backup of Keyroster.`, { cause })

const newer = (file: string, madeBy: string) =>
  new StartRefusal(
    `${file} was made by a newer Keyroster (${madeBy}). Restore it with that version, or with a later one.`,
  )

function asRefusal(error: unknown, file: string): unknown {
  if (isAboutBytes(error)) {
    const reason = error instanceof Broken ? error.message : 'its bytes were changed or are missing'
    return new StartRefusal(`${file} is broken: ${reason}. Use another backup.`, { cause: error })
  }
  const code = error instanceof Error && 'code' in error && 'syscall' in error ? String(error.code) : ''
  if (!['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EISDIR', 'EIO'].includes(code)) return error
  return new StartRefusal(`${file} cannot be read (${code}). Check the path and who may read it.`, {
    cause: error,
  })
}
