/** PostgreSQL refuses NUL, and a lone surrogate would silently become another character. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD')
}

/** Whether there is anything to see: Hangul fillers are letters by name, and one Braille pattern has no dots. */
export function isVisible(text: string): boolean {
  return /[^\p{White_Space}\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text)
}
