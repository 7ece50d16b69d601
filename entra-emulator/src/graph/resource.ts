import type { ObjectType } from '../directory.ts'
import { badUrl, segmentNotFound, unsupportedQuery } from './errors.ts'

/** What a path names. `count` is the `$count` segment. */
export type Resource =
  | { kind: 'users' | 'groups'; count: boolean }
  | { kind: 'user' | 'group'; id: string }
  | { kind: 'organizations' }
  | { kind: 'organization'; id: string }
  | { kind: 'members'; groupId: string; transitive: boolean; cast?: ObjectType; count: boolean }

const CASTS: ReadonlySet<string> = new Set<ObjectType>(['user', 'group', 'device', 'servicePrincipal'])

/** Reads a path below the version. Throws Graph's refusals of segments it does not know. */
export function parseResource(path: string): Resource {
  const [set, ...rest] = segments(path)
  switch (set) {
    case 'users':
      return list('users', 'user', rest)
    case 'groups':
      return rest.length > 1 ? members(rest) : list('groups', 'group', rest)
    case 'organization':
      if (rest[1] !== undefined) throw segmentNotFound(rest[1])
      return rest[0] === undefined ? { kind: 'organizations' } : { kind: 'organization', id: rest[0] }
    default:
      throw segmentNotFound(set ?? '')
  }
}

function segments(path: string): string[] {
  try {
    return path.split('/').slice(2).filter(Boolean).map(decodeURIComponent)
  } catch {
    throw badUrl('Malformed request URL.')
  }
}

function list(kind: 'users' | 'groups', one: 'user' | 'group', rest: string[]): Resource {
  if (rest[1] !== undefined) throw segmentNotFound(rest[1])
  if (rest[0] === undefined || rest[0] === '$count') return { kind, count: rest[0] === '$count' }
  return { kind: one, id: rest[0] }
}

function members([groupId = '', relation = '', ...rest]: string[]): Resource {
  if (relation !== 'members' && relation !== 'transitiveMembers') throw segmentNotFound(relation)
  const count = rest.at(-1) === '$count'
  const [cast, ...beyond] = count ? rest.slice(0, -1) : rest
  if (beyond[0] !== undefined) throw segmentNotFound(beyond[0])
  const transitive = relation === 'transitiveMembers'
  return { kind: 'members', groupId, transitive, count, ...(cast !== undefined && { cast: castType(cast) }) }
}

/** The generated clients write `graph.user` for `microsoft.graph.user`. */
function castType(segment: string): ObjectType {
  const type = /^(?:microsoft\.)?graph\.(\w+)$/.exec(segment)?.[1]
  if (type === undefined) throw segmentNotFound(segment)
  if (!CASTS.has(type)) throw unsupportedQuery()
  return type as ObjectType
}
