import type { stepUp as input, WebauthnOptions } from '@keyroster/api/session.ts'
import { generateAuthenticationOptions } from '@simplewebauthn/server'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { noPasskeyYet, passkeyRefused } from '../problem.ts'
import { verifyAssertion } from './passkey-assertion.ts'
import { beginCeremony, relyingParty, spendCeremony } from './passkey-ceremonies.ts'
import { renewSession } from './sessions.ts'

/** Asks for a passkey of this very admin. Throws passkey_refused where they have none. */
export async function offerStepUp(db: Db, baseUrl: string, adminId: string): Promise<WebauthnOptions> {
  const held = await db
    .selectFrom('passkeys')
    .select('credential_id')
    .where('admin_id', '=', adminId)
    .execute()
  if (held.length === 0) throw noPasskeyYet()
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(baseUrl).id,
    userVerification: 'required',
    allowCredentials: held.map(({ credential_id }) => ({ id: credential_id })),
  })
  return { ceremony: await beginCeremony(db, adminId, options.challenge), options: { ...options } }
}

/**
 * Takes a touch of the admin's passkey: for five minutes it opens the dangerous deeds. Answers the session's new id, for the
 * cookie; the old one is dead. Throws passkey_refused.
 */
export async function stepUp(
  db: Db,
  baseUrl: string,
  request: FastifyRequest,
  { ceremony, response }: z.infer<typeof input>,
): Promise<string> {
  const { admin } = request
  const challenge = await spendCeremony(db, ceremony, admin.id)
  return transaction(db, async (tx) => {
    const { adminId } = await verifyAssertion(tx, baseUrl, challenge, response)
    if (adminId !== admin.id) throw passkeyRefused(new Error('the passkey is of another admin'), adminId)
    const token = await renewSession(tx, admin.sessionHash!)
    await audit(tx, { workspaceId: admin.workspaceId, actor: admin, action: 'session.stepped-up', request })
    return token
  })
}
