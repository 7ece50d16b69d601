import { sql } from 'kysely'
import { hashToken } from '../admins/secret-token.ts'
import type { Db } from '../db/schema.ts'
import type { SignedInAdmin } from '../http/types.ts'

/** One way to Microsoft and back, begun by one session for one connection. */
export interface ConsentTrip {
  connectionId: string
  step: 'sign-in' | 'consent'
  nonce: string | null
  codeVerifier: string | null
  /** The tenant that must be the one in the end. */
  tenantId: string
  returnTo: string
}

/** Keeps a trip for ten minutes under its state, of which only the hash is kept. Old trips are swept. */
export async function keepTrip(
  db: Db,
  admin: SignedInAdmin,
  state: string,
  trip: ConsentTrip,
): Promise<void> {
  await sql`delete from consent_trips where expires_at < now() - interval '1 hour'`.execute(db)
  await sql`
    insert into consent_trips (state_hash, workspace_id, connection_id, session_hash, step, nonce, code_verifier,
      tenant_id, return_to, expires_at)
    values (${hashToken(state)}, ${admin.workspaceId}, ${trip.connectionId}, ${admin.sessionHash}, ${trip.step},
      ${trip.nonce}, ${trip.codeVerifier}, ${trip.tenantId}, ${trip.returnTo}, now() + interval '10 minutes')`.execute(
    db,
  )
}

/**
 * Spends the trip this state belongs to, if this very session began it. `fresh` is false for one that is spent or too old,
 * which is good for nothing but finding the way back; null where there is no such trip.
 */
export async function spendTrip(
  db: Db,
  admin: SignedInAdmin,
  state: string,
): Promise<{ trip: ConsentTrip; fresh: boolean } | null> {
  const mine = sql`state_hash = ${hashToken(state)} and session_hash = ${admin.sessionHash}
    and workspace_id = ${admin.workspaceId}`
  const columns = sql`connection_id as "connectionId", step, nonce, code_verifier as "codeVerifier",
    tenant_id as "tenantId", return_to as "returnTo"`
  const spent = await sql<ConsentTrip>`
    update consent_trips set used_at = now()
    where ${mine} and used_at is null and expires_at > now() returning ${columns}`.execute(db)
  if (spent.rows[0] !== undefined) return { trip: spent.rows[0], fresh: true }
  const stale = await sql<ConsentTrip>`select ${columns} from consent_trips where ${mine}`.execute(db)
  return stale.rows[0] === undefined ? null : { trip: stale.rows[0], fresh: false }
}
