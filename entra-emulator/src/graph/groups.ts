import type { Directory, DirectoryGroup } from '../directory.ts'
import { badRequest, objectNotFound } from './errors.ts'
import { contextUrl, type List } from './list.ts'
import type { QueryOptions } from './odata/options.ts'
import { checkSelect, project } from './odata/select.ts'

/** All groups, in the order of their ids. */
export function listGroups(directory: Directory): List {
  return {
    types: ['group'],
    context: 'groups',
    withType: false,
    *rows(after) {
      for (const object of directory.walkGroups(after)) yield { type: 'group', object, readable: true }
    },
    size: () => directory.groupCount,
    positionOf: ({ object }) => object.id,
  }
}

/** One group by object id. Throws 400 for what is no id, 404 for an unknown one. */
export function readGroup(directory: Directory, id: string, options: QueryOptions): unknown {
  checkSelect(options.select, ['group'], false)
  const object = findGroup(directory, id)
  return {
    '@odata.context': contextUrl('groups', options.select, '/$entity'),
    ...project({ type: 'group', object, readable: true }, options.select, false),
  }
}

export function findGroup(directory: Directory, id: string): DirectoryGroup {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    throw badRequest(`Invalid object identifier '${id}'.`)
  }
  const group = directory.group(id.toLowerCase())
  if (!group) throw objectNotFound(id)
  return group
}
