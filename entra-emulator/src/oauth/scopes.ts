import type { Tenant, World } from '../world.ts'
import { invalidScope, resourceNotFound } from './aadsts.ts'
import { graphResources } from './access-token.ts'

const DEFAULT = '.default'

/**
 * The delegated scopes a sign-in asks for, without Graph's name before them. `.default` stands for what the app
 * lists, which here is nothing delegated but reading one's own profile.
 */
export function readScopes(world: World, scope: string): string[] {
  const resources = graphResources(world)
  const names = scope.split(' ').filter(Boolean)
  return [...new Set(names.map((name) => readScope(name, resources, scope)))]
}

function readScope(name: string, resources: string[], whole: string): string {
  const resource = resources.find((resource) => name.startsWith(`${resource}/`))
  const bare = resource ? name.slice(resource.length + 1) : name
  if (bare === DEFAULT) return 'User.Read'
  if (!/^[\w.-]+$/.test(bare)) throw invalidScope(whole)
  return bare
}

/** The resource of an app-only token: the scope must be exactly its `.default`. */
export function readResource(world: World, tenant: Tenant, scope: string): string {
  if (!scope.endsWith(`/${DEFAULT}`) || scope.includes(' ')) throw invalidScope(scope)
  const resource = scope.slice(0, -DEFAULT.length - 1)
  if (!graphResources(world).includes(resource)) throw resourceNotFound(resource, tenant.displayName)
  return resource
}
