import { userPosition } from '../changeable-directory.ts'
import type { Directory, DirectoryUser } from '../directory.ts'
import { objectNotFound } from './errors.ts'
import { contextUrl, type List } from './list.ts'
import type { QueryOptions } from './odata/options.ts'
import { checkSelect, project } from './odata/select.ts'
import type { Row } from './row.ts'

/** All users, in the order of their userPrincipalName. */
export function listUsers(directory: Directory): List {
  return {
    types: ['user'],
    context: 'users',
    withType: false,
    *rows(after) {
      for (const object of directory.walkUsers(after)) yield { type: 'user', object, readable: true }
    },
    size: () => directory.userCount,
    creationTimes: directory.creationTimes,
    verbatim: directory.verbatimUsers,
    positionOf: ({ object }: Row) => userPosition(object as DirectoryUser),
  }
}

/** One user by object id or userPrincipalName. Throws 404. */
export function readUser(directory: Directory, id: string, options: QueryOptions): unknown {
  checkSelect(options.select, ['user'], false)
  const object = directory.user(id.toLowerCase()) ?? directory.userByPrincipalName(id)
  if (!object) throw objectNotFound(id)
  return {
    '@odata.context': contextUrl('users', options.select, '/$entity'),
    ...project({ type: 'user', object, readable: true }, options.select, false),
  }
}
