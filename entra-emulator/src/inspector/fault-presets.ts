import type { Fault } from '../faults.ts'

/** Faults worth a look by hand, each with the sentence the inspector shows. */
export const FAULT_PRESETS: readonly { name: string; fault: Fault }[] = [
  {
    name: 'Graph throttles a third of all requests',
    fault: {
      route: '/v1.0/',
      chance: 0.33,
      seed: 1,
      effect: { kind: 'status', status: 429, retryAfter: 1.5 },
    },
  },
  { name: 'Graph is down', fault: { route: '/v1.0/', effect: { kind: 'status', status: 503 } } },
  { name: 'Every Graph answer is 2 s late', fault: { route: '/v1.0/', effect: { kind: 'delay', ms: 2000 } } },
  {
    name: 'The next page of users is cut off',
    fault: { route: 'users', nth: 1, effect: { kind: 'truncate' } },
  },
  {
    name: 'The next page of users is a web page',
    fault: { route: 'users', nth: 1, effect: { kind: 'html' } },
  },
  {
    name: 'The next link of users has expired',
    fault: { route: 'users', times: 1, effect: { kind: 'expired-skiptoken' } },
  },
  { name: 'Pages of users repeat rows', fault: { route: 'users', effect: { kind: 'duplicate-rows' } } },
  {
    name: 'The next link of users leads to another server',
    fault: {
      route: 'users',
      effect: { kind: 'foreign-next-link', origin: 'https://graph.microsoft.com.example.net' },
    },
  },
  { name: 'The next link of users loops', fault: { route: 'users', effect: { kind: 'looping-next-link' } } },
  {
    name: 'A fifth of the requests for members lose their connection',
    fault: { route: 'members', chance: 0.2, seed: 5, effect: { kind: 'reset' } },
  },
  {
    name: 'The app may not read members',
    fault: {
      route: 'members',
      effect: {
        kind: 'status',
        status: 403,
        code: 'Authorization_RequestDenied',
        message: 'Insufficient privileges to complete the operation.',
      },
    },
  },
  { name: 'Nobody gets a token', fault: { route: 'token', effect: { kind: 'status', status: 503 } } },
]
