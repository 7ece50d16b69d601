import openapi from '../recordings/graph-openapi.json' with { type: 'json' }

/** Types of Graph whose properties the emulator serves. */
export type GraphType = 'user' | 'group' | 'device' | 'servicePrincipal' | 'organization'

export interface Property {
  /** What the property is where nothing set it: null, an empty collection, or `undefined` for absent. */
  unset: null | readonly [] | undefined
  isDate: boolean
  isBoolean: boolean
  isCollection: boolean
  byDefault: boolean
  /** Operators that the schema's description grants, such as `eq` and `startsWith`. */
  filters: ReadonlySet<string>
  canOrder: boolean
}

interface SchemaProperty {
  type?: string
  format?: string
  nullable?: boolean
  anyOf?: unknown[]
  description?: string
}

/** Navigation properties: they need `$expand`, which is not served. */
const NAVIGATION = new Set(['manager', 'members', 'owners', 'members@delta'])

/**
 * What a user's answer holds without `$select`; the schema's descriptions claim one more.
 * https://learn.microsoft.com/en-us/graph/api/user-list
 */
const USER_DEFAULTS = new Set(
  `businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname
  userPrincipalName`.split(/\s+/),
)

/**
 * Says nothing about `$filter` in its description but is indexed.
 * https://learn.microsoft.com/en-us/graph/aad-advanced-queries
 */
const ID_FILTERS = ['eq', 'in']

const schemas = openapi.components.schemas as unknown as Record<
  string,
  { allOf: [unknown, { properties: Record<string, SchemaProperty> }] }
>

const types = new Map(
  (['user', 'group', 'device', 'servicePrincipal', 'organization'] as const).map((type) => [
    type,
    readProperties(type),
  ]),
)

/** The properties of a type, by name, from Microsoft's own schema. */
export function propertiesOf(type: GraphType): ReadonlyMap<string, Property> {
  return types.get(type)!
}

/** Those returned when nothing is selected. */
export function defaultProperties(type: GraphType): string[] {
  return [...propertiesOf(type)].flatMap(([name, { byDefault }]) => (byDefault ? [name] : []))
}

function readProperties(type: GraphType): Map<string, Property> {
  const own = schemas[`microsoft.graph.${type}`]!.allOf[1].properties
  const deleted = { type: 'string', format: 'date-time', nullable: true }
  const all: [string, SchemaProperty][] = [['id', {}], ['deletedDateTime', deleted], ...Object.entries(own)]
  return new Map(
    all.filter(([name]) => !NAVIGATION.has(name)).map(([name, of]) => [name, readProperty(type, name, of)]),
  )
}

function readProperty(type: GraphType, name: string, of: SchemaProperty): Property {
  const { description = '' } = of
  const isCollection = of.type === 'array'
  const granted = /Supports \$filter \((.*?)\)/.exec(description)?.[1] ?? ''
  return {
    unset: isCollection ? [] : of.nullable || of.anyOf ? null : undefined,
    isDate: of.format === 'date-time',
    isBoolean: of.type === 'boolean',
    isCollection,
    byDefault: isDefault(type, name, description),
    filters: new Set(name === 'id' ? ID_FILTERS : granted.match(/\w+/g)),
    canOrder: /\$orderby/i.test(description),
  }
}

function isDefault(type: GraphType, name: string, description: string): boolean {
  switch (type) {
    case 'user':
      return USER_DEFAULTS.has(name)
    case 'group':
      return name === 'id' || name === 'deletedDateTime' || /Returned by default/i.test(description)
    default:
      return true
  }
}
