/** PostgreSQL refuses NUL, and a lone surrogate would silently become another character. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD')
}
