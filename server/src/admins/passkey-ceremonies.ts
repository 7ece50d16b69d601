import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { passkeyRefused } from '../problem.ts'

/** Where a passkey belongs: the panel's host name, and the origin that browsers use. */
export const relyingParty = (baseUrl: string) => ({ id: new URL(baseUrl).hostname, origin: baseUrl })

/** Keeps a challenge for five minutes; `adminId` is who adds a passkey, null for somebody who signs in. */
export async function beginCeremony(db: Db, adminId: string | null, challenge: string): Promise<string> {
  await sql`delete from passkey_ceremonies where expires_at <= now()`.execute(db)
  const made = await sql<{ id: string }>`
    insert into passkey_ceremonies (admin_id, challenge, expires_at)
    values (${adminId}, ${challenge}, now() + interval '5 minutes') returning id`.execute(db)
  return made.rows[0]!.id
}

/**
 * Spends a challenge and answers it: the first answer to it is the last, right or wrong, so call it outside the
 * transaction that a wrong answer undoes. Throws passkey_refused where it is spent, too old, or was for somebody else.
 */
export async function spendCeremony(db: Db, id: string, adminId: string | null): Promise<string> {
  const spent = await sql<{ challenge: string }>`
    delete from passkey_ceremonies
    where id = ${id} and admin_id is not distinct from ${adminId}::uuid and expires_at > now()
    returning challenge`.execute(db)
  const row = spent.rows[0]
  if (row === undefined) throw passkeyRefused(new Error('the challenge is spent, too old or for another'))
  return row.challenge
}
