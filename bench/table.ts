/** One figure: a table for people, the same and more for programs. */
export interface Figure {
  name: string
  title: string
  /** The first row names the columns. */
  rows: string[][]
  data: unknown
}

export const whole = (count: number) => Math.round(count).toLocaleString('en-US')
export const seconds = (time: number) => `${time.toFixed(2)} s`
export const milliseconds = (time: number) => `${time.toFixed(1)} ms`
export const megabytes = (bytes: number) => `${whole(bytes / 2 ** 20)} MB`
export const times = (ratio: number) => `${ratio.toFixed(2)} ×`

/** A target in words, and whether it was met. */
export const target = (words: string, isMet: boolean) => `${words}: ${isMet ? 'met' : 'missed'}`

/** A figure as text: its title, then its rows in columns. */
export function tableOf({ title, rows }: Figure): string {
  const columns = Math.max(...rows.map((row) => row.length))
  const width = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, at) =>
        at === 0 || at === columns - 1 ? cell.padEnd(width[at]!) : cell.padStart(width[at]!),
      )
      .join('   ')
      .trimEnd(),
  )
  return [title, '', ...lines].join('\n')
}
