import { Readable } from 'node:stream'
import { attributeLabels } from '@keyroster/api/attributes.ts'
import type { Change, Entry } from '@keyroster/api/imports.ts'
import { stringify } from 'csv-stringify'
import { keepReach } from '../db/reach.ts'
import type { Db } from '../db/schema.ts'
import { allEntries } from './list-entries.ts'

const label = (attribute: Change['attribute']) =>
  attribute === 'groups' ? 'Groups' : attributeLabels[attribute]
const shown = (value: Change['before']) => (value === null ? '(empty)' : String(value))

const columns = [
  'Name',
  'Email',
  'User principal name',
  'Object ID',
  'Action',
  'Reason',
  'Conflict',
  'Decision',
  'Changes',
  'Groups',
  'Outcome',
  'Problem',
  'What to do',
] as const

function line(entry: Entry): Record<(typeof columns)[number], string> {
  return {
    Name: entry.displayName,
    Email: entry.email ?? '',
    'User principal name': entry.userPrincipalName ?? '',
    'Object ID': entry.objectId,
    Action: entry.action ?? '',
    Reason: entry.reason ?? '',
    Conflict: entry.conflict ?? '',
    Decision: entry.decision ?? '',
    Changes: entry.changes
      .map(({ attribute, before, after }) => `${label(attribute)}: ${shown(before)} → ${shown(after)}`)
      .join('; '),
    Groups: entry.groups.join('; '),
    Outcome: entry.outcome ?? '',
    Problem: entry.problem?.detail ?? '',
    'What to do': entry.problem?.remedy ?? '',
  }
}

async function* lines(db: Db, runId: string) {
  for await (const entry of allEntries(db, runId)) yield line(entry)
}

/** What a spreadsheet may read as a formula: also behind spaces and invisible characters, and in full-width forms. */
const formula = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u

/** https://owasp.org/www-community/attacks/CSV_Injection */
const defused = (cell: string) => (formula.test(cell) ? `'${cell}` : cell)

/**
 * The plan or report of a run as CSV (RFC 4180, UTF-8 with BOM for spreadsheets), one line a person, streamed. Cells that a
 * spreadsheet would run as a formula begin with an apostrophe.
 */
export function entriesCsv(db: Db, runId: string): Readable {
  const csv = stringify({
    columns: [...columns],
    header: true,
    bom: true,
    cast: { string: defused },
    // The library quotes only its own record delimiter, but a lone CR or LF ends a line too: RFC 4180, 2.6.
    quoted_match: /[\r\n]/,
    record_delimiter: 'windows',
  })
  return Readable.from(keepReach(lines(db, runId)))
    .on('error', (error) => csv.destroy(error))
    .pipe(csv)
}
