import type { Role } from '@keyroster/api/roles.ts'
import type { Session } from '@keyroster/api/session.ts'
import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { notSignedIn } from '../problem.ts'
import { version } from '../version.ts'
import { hashToken, newToken } from './secret-token.ts'

/** NIST SP 800-63B-4, AAL2: at most an hour without use, and we take its AAL3 limit of 12 hours in all. */
const idle = sql`interval '60 minutes'`
const longest = sql`interval '12 hours'`
/** How long one touch of a passkey opens the dangerous deeds. */
const stepUpLasts = sql`interval '5 minutes'`

/** Signs an admin in: a new session with a new id, of which only the hash is kept. Answers the id, for the cookie. */
export async function startSession(tx: Db, adminId: string): Promise<string> {
  const { token, hash } = newToken()
  await sql`delete from sessions where expires_at <= now() or last_seen_at <= now() - ${idle}`.execute(tx)
  await sql`
    insert into sessions (id_hash, workspace_id, admin_id, expires_at, stepped_up_at)
    select ${hash}, workspace_id, id, now() + ${longest}, now() from admins where id = ${adminId}`.execute(tx)
  return token
}

/** Whose live session it is, by the database's clock; null where there is none. Using it keeps it from idling out. */
export async function findSession(db: Db, token: string): Promise<SignedInAdmin | null> {
  const hash = hashToken(token)
  const found = await sql<Omit<SignedInAdmin, 'sessionHash' | 'token'> & { stale: boolean }>`
    select a.id, a.name, a.email, a.role, a.workspace_id as "workspaceId",
      coalesce(s.stepped_up_at > now() - ${stepUpLasts}, false) as "steppedUp",
      s.last_seen_at < now() - interval '1 minute' as stale
    from sessions s join admins a on a.id = s.admin_id and a.workspace_id = s.workspace_id
    where s.id_hash = ${hash} and s.expires_at > now() and s.last_seen_at > now() - ${idle}
      and a.disabled_at is null`.execute(db)
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
    expires_at: Date
  }>`
    select a.id, a.name, a.email, a.role, s.stepped_up_at + ${stepUpLasts} as stepped_up_until, w.id as workspace_id, w.name as workspace_name,
      (select count(*) from passkeys p where p.admin_id = a.id) as passkeys,
      least(s.expires_at, s.last_seen_at + ${idle}) as expires_at
    from sessions s join admins a on a.id = s.admin_id join workspaces w on w.id = s.workspace_id
    where s.id_hash = ${sessionHash}`.execute(db)
  const row = found.rows[0]
  if (row === undefined) throw notSignedIn()
  return {
    admin: { id: row.id, name: row.name, email: row.email, role: row.role },
    workspace: { id: row.workspace_id, name: row.workspace_name },
    passkeys: row.passkeys,
    steppedUpUntil: row.stepped_up_until?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
    version,
  }
}
