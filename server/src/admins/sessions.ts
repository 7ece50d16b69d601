import type { SignedInSession } from '@keyroster/api/admins.ts'
import type { Role } from '@keyroster/api/roles.ts'
import type { Session } from '@keyroster/api/session.ts'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { prepared } from '../db/prepared.ts'
import type { Db, Tx } from '../db/schema.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { notSignedIn } from '../problem.ts'
import { version } from '../version.ts'
import { hashToken, newToken } from './secret-token.ts'

/** NIST SP 800-63B-4, AAL2: at most an hour without use, and we take its AAL3 limit of 12 hours in all. */
const idle = sql`interval '60 minutes'`
const longest = sql`interval '12 hours'`
/** How long one touch of a passkey opens the dangerous deeds. */
const stepUpLasts = sql`interval '5 minutes'`

/** What makes a row of `sessions`, called `s`, live: by the database's clock, used within the hour, and begun today. */
export const isLive = sql<boolean>`s.expires_at > now() and s.last_seen_at > now() - ${idle}`
/** When it ends if nobody uses it any more. */
export const endsAt = sql<Date>`least(s.expires_at, s.last_seen_at + ${idle})`

/** By what somebody signed in. */
export type Way = SignedInSession['way']

/** A browser may send any text as its name. */
const LONGEST_USER_AGENT = 400

/**
 * Signs an admin in: a new session with a new id, of which only the hash is kept. Answers the id, for the cookie. All ways
 * but Microsoft count as a touch of a passkey: what Microsoft asked of a person is not ours to judge.
 */
export async function startSession(
  tx: Db,
  adminId: string,
  way: Way = 'link',
  request?: Pick<FastifyRequest, 'ip' | 'headers'>,
): Promise<string> {
  const { token, hash } = newToken()
  const userAgent = request?.headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null
  await sql`delete from sessions s where not (${isLive})`.execute(tx)
  await sql`
    insert into sessions (id_hash, workspace_id, admin_id, way, address, user_agent, expires_at, stepped_up_at)
    select ${hash}, workspace_id, id, ${way}, ${request?.ip ?? null}, ${userAgent}, now() + ${longest},
      case when ${way} <> 'microsoft' then now() end
    from admins where id = ${adminId}`.execute(tx)
  return token
}

/**
 * Gives a session a new id after a touch of a passkey: its old one is dead, and the trips to Microsoft that it began go on.
 * Answers the new id. Throws not_signed_in where the session has just ended or was renewed by another request.
 */
export async function renewSession(tx: Tx, sessionHash: Buffer): Promise<string> {
  const { token, hash } = newToken()
  const renewed = await sql`
    update sessions s set id_hash = ${hash}, stepped_up_at = now(), last_seen_at = now()
    where s.id_hash = ${sessionHash} and ${isLive} returning s.id`.execute(tx)
  if (renewed.rows.length === 0) throw notSignedIn()
  await sql`update consent_trips set session_hash = ${hash} where session_hash = ${sessionHash}`.execute(tx)
  return token
}

/** Whose live session it is, by the database's clock; null where there is none. Using it keeps it from idling out. */
export async function findSession(db: Db, token: string): Promise<SignedInAdmin | null> {
  const hash = hashToken(token)
  const found = await sql<Omit<SignedInAdmin, 'sessionHash' | 'token'> & { stale: boolean }>`${prepared}
    select a.id, a.name, a.email, a.role, a.workspace_id as "workspaceId",
      coalesce(s.stepped_up_at > now() - ${stepUpLasts}, false) as "steppedUp",
      s.last_seen_at < now() - interval '1 minute' as stale
    from sessions s join admins a on a.id = s.admin_id and a.workspace_id = s.workspace_id
    where s.id_hash = ${hash} and ${isLive} and a.disabled_at is null`.execute(db)
  const row = found.rows[0]
  if (row === undefined) return null
  const { stale, ...admin } = row
  // Once a minute is exact enough, and spares a write for every request.
  if (stale) await sql`update sessions set last_seen_at = now() where id_hash = ${hash}`.execute(db)
  return { ...admin, sessionHash: hash, token: null }
}

/** Ends a session on the server, so that its cookie opens nothing any more. */
export async function endSession(db: Db, sessionHash: Buffer): Promise<void> {
  await sql`delete from sessions where id_hash = ${sessionHash}`.execute(db)
}

/** What a signed-in page shows of its session. Throws not_signed_in where it has just ended. */
export async function describeSession(db: Db, sessionHash: Buffer): Promise<Session> {
  const found = await sql<{
    id: string
    name: string
    email: string | null
    role: Role
    stepped_up_until: Date | null
    workspace_id: string
    workspace_name: string
    passkeys: number
    microsoft: boolean
    expires_at: Date
  }>`
    select a.id, a.name, a.email, a.role, s.stepped_up_at + ${stepUpLasts} as stepped_up_until, w.id as workspace_id, w.name as workspace_name,
      (select count(*) from passkeys p where p.admin_id = a.id) as passkeys,
      a.entra_object_id is not null as microsoft, ${endsAt} as expires_at
    from sessions s join admins a on a.id = s.admin_id join workspaces w on w.id = s.workspace_id
    where s.id_hash = ${sessionHash}`.execute(db)
  const row = found.rows[0]
  if (row === undefined) throw notSignedIn()
  return {
    admin: { id: row.id, name: row.name, email: row.email, role: row.role },
    workspace: { id: row.workspace_id, name: row.workspace_name },
    passkeys: row.passkeys,
    microsoft: row.microsoft,
    steppedUpUntil: row.stepped_up_until?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
    version,
  }
}
