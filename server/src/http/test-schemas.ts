import type { z } from 'zod'

/** A schema within another, with the way there, such as `credential.secret`. */
interface Part {
  path: string
  schema: z.core.$ZodType
}

/** The schema itself and all that are in it, so that a test can judge each. */
export function partsOf(schema: z.core.$ZodType, path = ''): Part[] {
  return [{ path, schema }, ...inside(schema).flatMap(([name, part]) => partsOf(part, `${path}.${name}`))]
}

function inside(schema: z.core.$ZodType): [string, z.core.$ZodType][] {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape)
    case 'array':
      return [['[]', def.element]]
    case 'union':
      return def.options.map((option, at) => [`(${at})`, option])
    case 'tuple':
      return def.items.map((item, at) => [String(at), item])
    case 'record':
      return [['{}', def.valueType]]
    case 'pipe':
      return [
        ['in', def.in],
        ['out', def.out],
      ]
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
    case 'nonoptional':
      return [['', def.innerType]]
    default:
      return []
  }
}

/** Whether keys that nobody listed pass: kept or silently dropped. */
export function isLoose({ schema }: Part): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod
  if (def.type === 'object') return def.catchall?._zod.def.type !== 'never'
  return ['record', 'map', 'any', 'unknown', 'custom'].includes(def.type)
}

/** Whether anything at all passes, so that nobody knows what it answers with. */
export function isAnything({ schema }: Part): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod
  if (def.type === 'object') return def.catchall !== undefined && def.catchall._zod.def.type !== 'never'
  return ['any', 'unknown', 'custom'].includes(def.type)
}
