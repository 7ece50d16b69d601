import type { AppRegistration, Tenant, World } from '../world.ts'
import { GraphError } from './errors.ts'

interface Bucket {
  units: number
  at: number
}

const WINDOW_SECONDS = 10

/** What is left of each app's budget in each tenant, for one running emulator. */
export interface Budgets {
  /** Throws 429 with the wait in seconds, fractional as Graph's, if the app has not so many units left. */
  check(caller: Caller, units: number): void
  charge(caller: Caller, units: number): void
}

interface Caller {
  tenant: Tenant
  app: AppRegistration
}

/**
 * Token buckets that fill evenly with the quota of 10 seconds.
 * https://learn.microsoft.com/en-us/graph/throttling-limits#identity-and-access-service-limits
 */
export function createBudgets(world: World): Budgets {
  const buckets = new Map<string, Bucket>()
  const bucketOf = ({ tenant, app }: Caller, quota: number): Bucket => {
    const key = `${tenant.id} ${app.clientId}`
    const now = world.now().getTime()
    const bucket = buckets.get(key) ?? { units: quota, at: now }
    buckets.set(key, bucket)
    const gained = (Math.max(0, now - bucket.at) / 1000) * (quota / WINDOW_SECONDS)
    bucket.units = Math.min(quota, bucket.units + gained)
    bucket.at = now
    return bucket
  }

  return {
    check(caller, units) {
      const quota = quotaOf(world, caller.tenant)
      if (quota === undefined) return
      const missing = units - bucketOf(caller, quota).units
      if (missing > 0) throw tooManyRequests(caller, (missing * WINDOW_SECONDS) / quota)
    },
    charge(caller, units) {
      const quota = quotaOf(world, caller.tenant)
      if (quota !== undefined) bucketOf(caller, quota).units -= units
    },
  }
}

/** Units per 10 seconds: small, medium and large tenants differ. `undefined` is no limit. */
function quotaOf(world: World, tenant: Tenant): number | undefined {
  if (world.throttle === false) return undefined
  if (world.throttle !== true) return world.throttle.unitsPer10Seconds
  const { userCount } = tenant.directory
  return userCount < 50 ? 3500 : userCount <= 500 ? 5000 : 8000
}

function tooManyRequests({ tenant, app }: Caller, seconds: number): GraphError {
  return new GraphError(429, 'TooManyRequests', 'Please retry again later.', {
    'retry-after': (Math.ceil(seconds * 1000) / 1000).toFixed(3),
    'x-ms-throttle-scope': `Tenant_Application/ReadWrite/${app.clientId}/${tenant.id}`,
    'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
  })
}
