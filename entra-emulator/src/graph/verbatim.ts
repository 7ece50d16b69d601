/** A private character: JSON text between two of these is written into an answer as it is. */
const MARK = '\ue000'
const MARKED = new RegExp(`"${MARK}.*?${MARK}"`, 'g')

/** Stands in an answer for JSON text that no JavaScript value is written as: 1e400, or ten thousand brackets. */
export function verbatim(json: string): { toJSON(): string } {
  return { toJSON: () => MARK + json + MARK }
}

/** Writes an answer as JSON, with what is verbatim in it, in parts of a batch too. */
export function writeJson(body: unknown): string {
  const text = JSON.stringify(body)
  if (!text.includes(MARK)) return text
  return text.replace(MARKED, (quoted) => (JSON.parse(quoted) as string).slice(1, -1))
}
