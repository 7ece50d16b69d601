import type { QueryOptions } from './options.ts'

/** The absolute link to the next page: all parameters as they came, encoded anew, and the token last. */
export function nextLink(origin: string, path: string, options: QueryOptions, skiptoken: string): string {
  const kept = options.entries.filter(([name]) => name !== '$skiptoken')
  const query = [...kept, ['$skiptoken', skiptoken] as const].map(
    ([name, value]) => `${name}=${encode(value)}`,
  )
  return `${origin}${path}?${query.join('&')}`
}

/** As recorded: lower-case escapes, quotes and `$` escaped, parentheses not, a blank is a plus. */
function encode(value: string): string {
  return encodeURIComponent(value)
    .replaceAll("'", '%27')
    .replaceAll('%20', '+')
    .replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase())
}
