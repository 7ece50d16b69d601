import { type RawBuilder, sql } from 'kysely'
import { anywhere } from '../db/like.ts'
import { foldText } from './fold.ts'

/**
 * SQL that is true where a folded column has what was typed anywhere in it; nothing typed is true everywhere. What was
 * typed is folded like the column, and its % _ \ mean themselves.
 */
export function containing(column: RawBuilder<unknown>, typed: string | undefined): RawBuilder<unknown> {
  const folded = foldText(typed ?? '')
  if (folded === '') return sql`true`
  const has = (text: string) => sql`${column} like ${anywhere(text)}`
  const local = /^.{3,}@/.exec(folded)?.[0]
  // Everybody has the domain of an email: by what stands before it, the index finds its few sooner, ten times of a million.
  return local === undefined ? has(folded) : sql`(${has(local)} and ${has(folded)})`
}
