/** The named routes that a fault may be aimed at. */
const ROUTES: [name: string, path: RegExp][] = [
  ['batch', /^\/v1\.0\/\$batch$/],
  ['count', /^\/v1\.0\/.*\/\$count$/],
  ['users', /^\/v1\.0\/users$/],
  ['user', /^\/v1\.0\/users\/[^/]+$/],
  ['groups', /^\/v1\.0\/groups$/],
  ['group', /^\/v1\.0\/groups\/[^/]+$/],
  ['members', /^\/v1\.0\/groups\/[^/]+\/(members|transitiveMembers)(\/[^/]+)?$/],
  ['organization', /^\/v1\.0\/organization(\/[^/]+)?$/],
  ['token', /^\/[^/]+\/oauth2\/v2\.0\/token$/],
  ['authorize', /^\/[^/]+\/oauth2\/v2\.0\/authorize$/],
  ['adminconsent', /^\/[^/]+\/(v2\.0\/)?adminconsent$/],
  ['discovery', /^\/[^/]+\/v2\.0\/\.well-known\/openid-configuration$/],
  ['keys', /^\/[^/]+\/discovery\/v2\.0\/keys$/],
]

/** The name of the route that a path (without query) belongs to; `undefined` for all others. */
export function route(path: string): string | undefined {
  const decoded = path.replaceAll('%24', '$')
  return ROUTES.find(([, pattern]) => pattern.test(decoded))?.[0]
}
