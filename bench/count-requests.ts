import type { Emulator } from 'entra-emulator'

type LoggedRequest = ReturnType<Emulator['requests']['list']>[number]

const requestKinds = ['sign-in', 'counts', 'user pages', 'member pages', 'batches', 'other'] as const

/** HTTP requests by kind: a batch is one, whatever it carries. `throttled` are among them. */
export type RequestCounts = Record<(typeof requestKinds)[number] | 'together' | 'throttled', number>

/** By the emulator's name of a Graph route. */
const kindOf: Record<string, (typeof requestKinds)[number]> = {
  count: 'counts',
  users: 'user pages',
  members: 'member pages',
  batch: 'batches',
}

export function countRequests(requests: readonly LoggedRequest[]): RequestCounts {
  const kinds = requests.map(({ path, route }) =>
    path.startsWith('/v1.0/') ? (kindOf[route] ?? 'other') : 'sign-in',
  )
  const counts = requestKinds.map((kind) => [kind, kinds.filter((other) => other === kind).length])
  return {
    ...Object.fromEntries(counts),
    together: requests.length,
    throttled: requests.filter(({ status }) => status === 429).length,
  }
}
