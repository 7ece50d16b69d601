import { type RawBuilder, sql } from 'kysely'
import { foldText } from './fold.ts'

/**
 * SQL that is true where a folded column has what was typed anywhere in it; nothing typed is true everywhere. What was
 * typed is folded like the column, and its % _ \ mean themselves.
 */
export function containing(column: RawBuilder<unknown>, typed: string | undefined): RawBuilder<unknown> {
  const folded = foldText(typed ?? '')
  if (folded === '') return sql`true`
  return sql`${column} like ${`%${folded.replace(/[\\%_]/g, '\\$&')}%`}`
}
