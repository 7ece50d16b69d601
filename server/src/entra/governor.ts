import { setTimeout as sleep } from 'node:timers/promises'

/**
 * The published quota of an app in one tenant, in resource units per second, by the tenant's size.
 * https://learn.microsoft.com/en-us/graph/throttling-limits#identity-and-access-service-limits
 */
const quotaOf = (users: number): number => (users < 50 ? 350 : users <= 500 ? 500 : 800)

/** Seconds of its pace that a governor may spend at once, after a time of quiet. */
const BURST = 1

/** Seconds that the quota is counted over. */
const WINDOW = 10

/** Seconds without a refusal after which a governor dares a little more; a whole window once it was refused. */
const CALM = 2

/** Before all requests of a connection: how fast it may ask, and whether Microsoft asked it to wait. */
export interface Governor {
  /** Resolves when a request of so many resource units may be sent; urgent ones go ahead of those that wait. */
  pass(units: number, urgent: boolean, signal?: AbortSignal): Promise<void>
  /** Settles what a request cost more, or less, than was thought. */
  settle(units: number): void
  /** Keeps everybody waiting for this many milliseconds from now, and halves the pace. */
  slowDown(wait: number): void
  /** Milliseconds until Microsoft may be asked again; 0 when it did not ask to wait. */
  remaining(): number
  /** Tells how large the tenant is, which decides the quota. */
  sized(users: number): void
}

interface Waiting {
  units: number
  urgent: boolean
  enter(): void
}

/**
 * A governor that keeps to the quota, the smallest one until it hears the tenant's size: the quota is this app's alone in this
 * tenant. A refusal says that it is not all ours after all: the pace is halved at once, and a tenth of the quota is added
 * after each calm while. Its clock is monotonic, so that a clock that is set back does not close it for hours.
 */
export function createGovernor(now: () => number = () => performance.now()): Governor {
  // A full burst and a window at full pace together are still the quota.
  const fastest = (users: number) => (quotaOf(users) * WINDOW) / (WINDOW + BURST)
  let quota = fastest(0)
  let pace = quota
  let units = pace * BURST
  let filledAt = now()
  let calmSince = filledAt
  let opensAt = 0
  let refused = false
  let timer: NodeJS.Timeout | undefined
  const queue: Waiting[] = []

  const remaining = () => Math.max(0, opensAt - now())

  const refill = () => {
    const at = now()
    if (at - calmSince >= (refused ? WINDOW : CALM) * 1000) {
      pace = Math.min(quota, pace + quota / 10)
      calmSince = at
    }
    units = Math.min(pace * BURST, units + (Math.max(0, at - filledAt) / 1000) * pace)
    filledAt = Math.max(filledAt, at)
  }

  const admit = () => {
    clearTimeout(timer)
    refill()
    while (queue[0] && remaining() === 0 && units >= Math.min(queue[0].units, pace)) {
      const next = queue.shift()!
      units -= next.units
      next.enter()
    }
    if (!queue[0]) return
    const missing = ((Math.min(queue[0].units, pace) - units) / pace) * 1000
    timer = setTimeout(admit, Math.max(1, Math.ceil(Math.max(missing, remaining()))))
  }

  return {
    remaining,
    pass(cost, urgent, signal) {
      signal?.throwIfAborted()
      return new Promise((resolve, reject) => {
        const leave = () => {
          const at = queue.indexOf(waiting)
          if (at >= 0) queue.splice(at, 1)
          reject(signal?.reason)
        }
        const enter = () => {
          signal?.removeEventListener('abort', leave)
          resolve()
        }
        const waiting = { units: cost, urgent, enter }
        signal?.addEventListener('abort', leave, { once: true })
        const place = urgent ? queue.findIndex((other) => !other.urgent) : -1
        queue.splice(place < 0 ? queue.length : place, 0, waiting)
        admit()
      })
    },
    settle(more) {
      refill()
      units -= more
    },
    slowDown(wait) {
      refill()
      refused = true
      pace = Math.max(quota / 20, pace / 2)
      units = Math.min(units, 0)
      calmSince = now()
      opensAt = Math.max(opensAt, now() + wait)
      // Nothing is saved up while waiting, or everybody would rush in at once.
      filledAt = opensAt
      admit()
    },
    sized(users) {
      refill()
      quota = fastest(users)
      const before = pace
      pace = refused ? Math.min(pace, quota) : quota
      // As if it had been known from the start: what the larger quota saves up is not spent yet.
      units += Math.max(0, pace - before) * BURST
      admit()
    },
  }
}

/**
 * What a request will cost, by the published table: a `$select` is assumed, rows do not matter. A batch saves round
 * trips, not units, so its parts are added up.
 */
export function unitsOf(path: string): number {
  if (/\/transitiveMembers\b/i.test(path)) return 4
  if (/^(\/v1\.0)?\/groups\/[^/]+\/members\b/i.test(path)) return 2
  return 1
}

/** Waits so many milliseconds; throws the signal's own reason when it is aborted meanwhile. */
export async function pause(wait: number, signal?: AbortSignal): Promise<void> {
  await sleep(wait, undefined, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw error
  })
}
