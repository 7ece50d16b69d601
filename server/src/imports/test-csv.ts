/**
 * Reads CSV as RFC 4180 writes it, strictly: lines end with CRLF, and what holds a quote, a comma or any line break is
 * quoted. Answers lines of cells; throws where the text is anything else.
 */
export function readCsv(text: string): string[][] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  const lines: string[][] = []
  let line: string[] = []
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex
    const found = cell.exec(text)
    if (found === null) throw new Error(`No CSV from ${at} on: ${JSON.stringify(text.slice(at, at + 80))}`)
    const [, quoted, plain = '', end] = found
    line.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    lines.push(line)
    line = []
  }
  return lines
}
