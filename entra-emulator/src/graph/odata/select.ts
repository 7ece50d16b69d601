import { badUrl, notImplemented } from '../errors.ts'
import { type Row, read } from '../row.ts'
import { defaultProperties, type GraphType, propertiesOf } from '../schema.ts'

/**
 * Only readable one user at a time.
 * https://learn.microsoft.com/en-us/graph/api/user-list
 */
const NOT_ON_LISTS = new Set(
  `aboutMe birthday hireDate interests mySite pastProjects preferredName responsibilities schools skills
  mailboxSettings`.split(/\s+/),
)

/** Throws 400 for a property that none of the types has, 501 for one that lists of users do not serve. */
export function checkSelect(
  select: string[] | undefined,
  types: readonly GraphType[],
  isList: boolean,
): void {
  for (const name of select ?? []) {
    if (!types.some((type) => propertiesOf(type).has(name))) {
      const typeName = types.length === 1 ? types[0] : 'directoryObject'
      throw badUrl(
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${typeName}'.`,
      )
    }
    if (isList && types.includes('user') && NOT_ON_LISTS.has(name)) throw notImplemented()
  }
}

/** The object as an answer shows it: the selected properties, or the default ones of its type. */
export function project(row: Row, select: string[] | undefined, withType: boolean): Record<string, unknown> {
  const shown: Record<string, unknown> = withType ? { '@odata.type': `#microsoft.graph.${row.type}` } : {}
  for (const name of select ?? DEFAULTS[row.type]) {
    const value = read(row, name)
    if (value !== undefined) shown[name] = value
  }
  return shown
}

const DEFAULTS = {
  user: defaultProperties('user'),
  group: defaultProperties('group'),
  device: defaultProperties('device'),
  servicePrincipal: defaultProperties('servicePrincipal'),
}
