import { z } from 'zod'

/**
 * A backup is one gzip of lines. First a head: who made it, when, from which migrations, and the sealed canary that proves
 * a secret key. Then each table: a line with its name and columns, its rows as PostgreSQL's COPY writes them, and the end
 * mark. Last a tally: how many rows each table has, and a digest of them. What has no tally was cut short.
 */
export const formatVersion = 1

/** No row reads like this, because COPY writes every backslash of a value as two. */
export const endMark = '\\.\n'

/** What is read first, and from any version: a newer format may have anything else. */
export const anyHead = z.object({
  keyroster: z.literal('backup'),
  format: z.int().positive(),
  version: z.string(),
})

export const head = anyHead.extend({
  format: z.literal(formatVersion),
  madeAt: z.iso.datetime(),
  migrations: z.array(z.object({ number: z.int(), name: z.string(), checksum: z.string() })),
  /** Base64; null where the panel was never started on that database. */
  canary: z.base64().nullable(),
})
export type Head = z.output<typeof head>

const rowsOfTable = z.object({ name: z.string(), rows: z.int(), sha256: z.string() })
export type RowsOfTable = z.output<typeof rowsOfTable>

export const tableLine = z.object({ table: z.string(), columns: z.array(z.string()).min(1) })
export const tallyLine = z.object({ tables: z.array(rowsOfTable) })
