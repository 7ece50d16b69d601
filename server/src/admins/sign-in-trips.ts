import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { hashToken } from './secret-token.ts'

/** For how long Microsoft may be asked, and the browser keeps its half of the trip, in seconds. */
export const TRIP_SECONDS = 600

/** One way to Microsoft and back, begun in one browser. */
export interface SignInTrip {
  workspaceId: string
  connectionId: string
  /** Who binds an account; null where somebody signs in. */
  adminId: string | null
  nonce: string
  codeVerifier: string
  /** The tenant that must be the one in the end. */
  tenantId: string
  returnTo: string
}

/** Keeps a trip for ten minutes under its state and the token in the browser's cookie. Old trips are swept. */
export async function keepSignInTrip(
  db: Db,
  { state, browser }: { state: string; browser: string },
  trip: SignInTrip,
): Promise<void> {
  await sql`delete from sign_in_trips where expires_at <= now()`.execute(db)
  await sql`
    insert into sign_in_trips (state_hash, workspace_id, connection_id, admin_id, browser_hash, nonce, code_verifier,
      tenant_id, return_to, expires_at)
    values (${hashToken(state)}, ${trip.workspaceId}, ${trip.connectionId}, ${trip.adminId}, ${hashToken(browser)},
      ${trip.nonce}, ${trip.codeVerifier}, ${trip.tenantId}, ${trip.returnTo},
      now() + make_interval(secs => ${TRIP_SECONDS}))`.execute(db)
}

/** Spends the trip of this state, if this very browser began it within ten minutes; null where there is none. */
export async function spendSignInTrip(db: Db, state: string, browser: string): Promise<SignInTrip | null> {
  const spent = await sql<SignInTrip>`
    delete from sign_in_trips
    where state_hash = ${hashToken(state)} and browser_hash = ${hashToken(browser)} and expires_at > now()
    returning workspace_id as "workspaceId", connection_id as "connectionId", admin_id as "adminId", nonce,
      code_verifier as "codeVerifier", tenant_id as "tenantId", return_to as "returnTo"`.execute(db)
  return spent.rows[0] ?? null
}
