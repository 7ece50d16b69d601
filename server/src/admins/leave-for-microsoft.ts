import type { leaveForMicrosoft as input, signInWays } from '@keyroster/api/admins.ts'
import type { FastifyReply } from 'fastify'
import { sql } from 'kysely'
import type { z } from 'zod'
import { inWorkspace } from '../db/reach.ts'
import type { Db } from '../db/schema.ts'
import { readAccess } from '../entra/connection-access.ts'
import { redirectUri, startSignIn } from '../entra/sign-in.ts'
import type { SignedInAdmin } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { microsoftSignInOff } from '../problem.ts'
import { newToken } from './secret-token.ts'
import { setTripCookie } from './session-cookie.ts'
import { keepSignInTrip, TRIP_SECONDS } from './sign-in-trips.ts'

interface Tenant {
  workspaceId: string
  connectionId: string
  name: string
}

/** What the sign-in page may offer. */
export async function findSignInWays(db: Db): Promise<z.infer<typeof signInWays>> {
  const tenants = await findTenants(db, null)
  return {
    microsoft: tenants.length > 0,
    tenants: tenants.map(({ connectionId, name }) => ({ connectionId, name })),
  }
}

/**
 * Begins a trip to Microsoft and answers where the browser goes; `admin` is who binds an account, null where somebody signs
 * in. The trip is bound to this browser by a cookie. Throws microsoft_sign_in_off and GraphError.
 */
export async function leaveForMicrosoft(
  panel: Panel,
  reply: FastifyReply,
  admin: SignedInAdmin | null,
  { returnTo, connectionId }: z.output<typeof input>,
): Promise<string> {
  const { db } = panel.database
  const tenants = await findTenants(db, admin?.workspaceId ?? null)
  const tenant = connectionId ? tenants.find((one) => one.connectionId === connectionId) : tenants[0]
  if (tenant === undefined) throw microsoftSignInOff()
  return inWorkspace(tenant.workspaceId, async () => {
    const access = await readAccess(panel, tenant.connectionId)
    const { token: state } = newToken()
    const { token: browser } = newToken()
    const { url, ...begun } = await startSignIn(
      { ...access, tenant: access.tenantId ?? access.tenant },
      { redirectUri: redirectUri(panel.config.baseUrl), state },
    )
    await keepSignInTrip(
      db,
      { state, browser },
      { ...tenant, ...begun, adminId: admin?.id ?? null, returnTo },
    )
    setTripCookie(reply, browser, panel.config.baseUrl, TRIP_SECONDS)
    return url
  })
}

/** The connected tenants, oldest first, of the workspaces that let people sign in with Microsoft, or of one of them. */
async function findTenants(db: Db, workspaceId: string | null): Promise<Tenant[]> {
  const found = await sql<Tenant>`
    select w.id as "workspaceId", c.id as "connectionId", c.name
    from connections c join workspaces w on w.id = c.workspace_id
    where w.sign_in_with_microsoft and c.tenant_id is not null
      and (${workspaceId}::uuid is null or w.id = ${workspaceId})
    order by c.created_at, c.id`.execute(db)
  return found.rows
}
