import type { ObjectType } from '../directory.ts'
import { type Property, propertiesOf } from './schema.ts'

/** One object in a list, and whether the caller may see more of it than type and id. */
export interface Row {
  type: ObjectType
  object: { readonly id: string }
  readable: boolean
  /** Where it stands in a list of members. */
  place?: number
}

/** A property as the caller sees it; `undefined` where the type has none of this name. */
export function read(row: Row, name: string): unknown {
  const property = propertiesOf(row.type).get(name)
  if (!property) return undefined
  if (!row.readable && name !== 'id') return property.unset
  return held(row.object, name, property)
}

function held(object: object, name: string, property: Property): unknown {
  const value = (object as Record<string, unknown>)[name]
  return value === undefined ? property.unset : value
}
