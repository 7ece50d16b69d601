import type { signInByPasskey } from '@keyroster/api/session.ts'
import { type AuthenticationResponseJSON, verifyAuthenticationResponse } from '@simplewebauthn/server'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { Tx } from '../db/schema.ts'
import { passkeyRefused } from '../problem.ts'
import { relyingParty } from './passkey-ceremonies.ts'
import { userHandle } from './user-handle.ts'

export type Assertion = z.infer<typeof signInByPasskey>['response']

/**
 * Verifies the answer to a challenge, the person by PIN or finger included, and counts it as the passkey's last use. Answers
 * whose passkey it is, and whether it named them itself, as it must where nobody else did. Throws passkey_refused.
 */
export async function verifyAssertion(
  tx: Tx,
  baseUrl: string,
  challenge: string,
  response: Assertion,
): Promise<{ adminId: string; named: boolean }> {
  const passkey = await tx
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', response.id)
    .forUpdate()
    .executeTakeFirst()
  if (passkey === undefined) throw passkeyRefused(new Error('the passkey is not known here'))
  const { id: expectedRPID, origin: expectedOrigin } = relyingParty(baseUrl)
  // The library judges the content; what our schema lets through is only the shape of an answer.
  const answer = response as unknown as AuthenticationResponseJSON
  const refused = (cause: unknown) => passkeyRefused(cause, passkey.admin_id)
  const verified = await verifyAuthenticationResponse({
    response: answer,
    expectedChallenge: challenge,
    expectedOrigin,
    expectedRPID,
    requireUserVerification: true,
    credential: {
      id: passkey.credential_id,
      publicKey: new Uint8Array(passkey.public_key),
      counter: passkey.counter,
    },
  }).catch((cause: unknown) => {
    throw refused(cause)
  })
  if (!verified.verified) throw refused(new Error('the signature is wrong'))
  const handle = answer.response.userHandle
  if (handle && handle !== userHandle(passkey.admin_id).toString('base64url')) {
    throw refused(new Error('the passkey names another admin'))
  }
  const { newCounter, credentialBackedUp } = verified.authenticationInfo
  await tx
    .updateTable('passkeys')
    .set({ counter: newCounter, backed_up: credentialBackedUp, last_used_at: sql`now()` })
    .where('id', '=', passkey.id)
    .execute()
  return { adminId: passkey.admin_id, named: Boolean(handle) }
}
