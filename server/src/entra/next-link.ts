import { GraphError } from './graph-error.ts'

/**
 * The address of a path relative to /v1.0, or of an absolute next link, which Graph says to use as it is. The bearer
 * token goes where this points: so the origin must be exactly the configured one, the path under /v1.0/, and no user
 * name in between. Also for links that were stored. Throws GraphError `next_link_refused`.
 * https://learn.microsoft.com/en-us/graph/paging
 */
export function resolveLink(graphOrigin: string, link: string): URL {
  const absolute = link.startsWith('/') ? `${graphOrigin}/v1.0${link}` : link
  const url = URL.canParse(absolute) ? new URL(absolute) : null
  const trusted =
    url !== null &&
    url.origin === graphOrigin &&
    url.pathname.startsWith('/v1.0/') &&
    url.username === '' &&
    url.password === ''
  if (!trusted) {
    throw new GraphError({
      code: 'next_link_refused',
      finding:
        'The answer pointed to an address that is not Microsoft Graph, so the panel did not follow it.',
      remedy: 'Find out what stands between the panel and Microsoft, such as a proxy that changes answers.',
      cause: { link: link.slice(0, 500) },
    })
  }
  return url
}
