/** The pattern of LIKE and ILIKE that finds a text anywhere; its % _ \ mean themselves. */
export function anywhere(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}
