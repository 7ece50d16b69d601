import { type AttributeName, attributeNames } from '@keyroster/api/attributes.ts'
import { type RawBuilder, sql } from 'kysely'
import { columnOf } from '../users/attributes.ts'

/** Columns made from an attribute when it was read; they go with it wherever it goes. */
const derived = ['email_folded', 'name_folded', 'search']

/** Every column an entry hands to a person, in one order. */
export const writtenColumns = [...attributeNames.map((name) => columnOf[name]), ...derived]

/** SQL over `e` (entry) and `u` (person): the directory has nothing, and what stands there was typed here. */
const staysManual = (name: AttributeName) =>
  `e.${columnOf[name]} is null and (u.source = 'manual' or '${name}' = any(u.manual_attributes))`

/**
 * SQL over `e` and `u`: what a person's attribute becomes. A value typed here stays while the directory has none, and
 * an unknown accountEnabled (null, https://learn.microsoft.com/graph/api/resources/user) says nothing.
 */
function valueAfter(name: AttributeName): string {
  const column = columnOf[name]
  if (name === 'accountEnabled') return `coalesce(e.${column}, u.${column})`
  return `case when ${staysManual(name)} then u.${column} else e.${column} end`
}

/** SQL over `e` and `u`: whether any attribute of the person would change. */
export const attributesDiffer: RawBuilder<boolean> = sql.raw(
  attributeNames.map((name) => `u.${columnOf[name]} is distinct from (${valueAfter(name)})`).join('\n or '),
)

/** SQL over `e` and `u`: the rows (attribute, before, after) of what would change, as jsonb values, in display order. */
export const changedAttributes: RawBuilder<unknown> = sql.raw(
  attributeNames
    .map((name, at) => `(${at}, '${name}', to_jsonb(u.${columnOf[name]}), to_jsonb(${valueAfter(name)}))`)
    .join(',\n'),
)

/** SQL over `e` and `u`: the attributes that stay as they were typed here after linking or updating. */
export const manualAttributesAfter: RawBuilder<string[]> = sql.raw(
  `array_remove(array[${attributeNames
    .map((name) => `case when ${staysManual(name)} and u.${columnOf[name]} is not null then '${name}' end`)
    .join(', ')}], null)`,
)

/** SQL over `e` and `u`: the assignments of an update. Derived columns follow their attribute. */
export const assignments: RawBuilder<unknown> = sql.raw(
  [
    ...attributeNames.map((name) => `${columnOf[name]} = ${valueAfter(name)}`),
    `email_folded = case when ${staysManual('email')} then u.email_folded else e.email_folded end`,
    'name_folded = e.name_folded',
    `search = case when (${staysManual('email')} and u.email is not null)
      or (${staysManual('userPrincipalName')} and u.user_principal_name is not null) then u.search else e.search end`,
  ].join(',\n'),
)
