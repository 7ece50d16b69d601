import { printableJson } from '../printable-json.ts'

/** Text of others, such as a name from a directory, as one line that no terminal obeys. */
export const printable = (text: string): string => printableJson(text.replace(/\p{Cc}/gu, ' '))

/** Rows as lines of columns under one another, two spaces apart. */
export function inColumns(rows: string[][]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, at) => Math.max(cell.length, widest[at] ?? 0)),
    [],
  )
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  )
}
