import type { ImportRun } from '@keyroster/api/imports.ts'
import { phaseOf } from './import-words.ts'

/** Where a person reads along: a terminal, a file or a pipe. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number }

export interface Screen {
  say(line: string): void
  /** Shows how far a run is: as a bar on a terminal, elsewhere as a line now and then. */
  progress(run: ImportRun): void
  /** Takes the bar away. */
  clear(): void
}

const BAR = 24

/** @param withProgress whether to show how far a run is */
export function openScreen(output: Output, withProgress: boolean): Screen {
  let bar = ''
  let told = ''
  const clear = () => {
    if (bar !== '') output.write(startOfLine)
    bar = ''
  }
  const draw = (line: string) => {
    if (line !== bar) output.write(startOfLine + line)
    bar = line
  }
  return {
    clear,
    say: (line) => {
      clear()
      output.write(`${line}\n`)
    },
    progress: (run) => {
      const { words, done } = phaseOf(run)
      if (!withProgress || words === 'Ready') return
      if (output.isTTY) return draw(barLine(words, done).slice(0, (output.columns ?? 80) - 1))
      const line = tenthLine(words, done)
      if (line !== told) output.write(`${line}\n`)
      told = line
    },
  }
}

/** Carriage return, and the escape sequence that erases what stands to the right: ECMA-48, 8.3.41. */
const startOfLine = '\r\u001b[K'

function barLine(words: string, done: number | null): string {
  if (done === null) return words
  const full = Math.round(BAR * done)
  return `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${Math.floor(done * 100)}% ${words}`
}

/** In a log, a line for each tenth is enough. */
function tenthLine(words: string, done: number | null): string {
  return done === null ? words : `${words}: ${Math.floor(done * 10) * 10}%`
}
