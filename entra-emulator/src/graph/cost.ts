import type { QueryOptions } from './odata/options.ts'
import type { Resource } from './resource.ts'

/**
 * Resource units of a request: the published base cost and modifiers; rows do not matter.
 * https://learn.microsoft.com/en-us/graph/throttling-limits#identity-and-access-service-limits
 */
export function resourceUnits(resource: Resource, options: QueryOptions): number {
  const base = resource.kind === 'users' ? 2 : resource.kind === 'members' ? (resource.transitive ? 5 : 3) : 1
  const select = options.select ? 1 : 0
  const small = options.top !== undefined && options.top < 20 ? 1 : 0
  return Math.max(1, base - select - small)
}
