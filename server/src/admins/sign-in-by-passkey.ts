import type { signInByPasskey, WebauthnOptions } from '@keyroster/api/session.ts'
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { Db, Tx } from '../db/schema.ts'
import { passkeyRefused } from '../problem.ts'
import { beginCeremony, relyingParty } from './passkey-ceremonies.ts'
import { userHandle } from './user-handle.ts'

/** Asks for any passkey of this panel: no name is typed, the passkey says whose it is. */
export async function offerPasskeySignIn(db: Db, baseUrl: string): Promise<WebauthnOptions> {
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(baseUrl).id,
    userVerification: 'required',
  })
  return { ceremony: await beginCeremony(db, null, options.challenge), options: { ...options } }
}

/** Verifies the answer to a challenge and answers the admin whose passkey gave it. Throws passkey_refused. */
export async function verifyPasskeySignIn(
  tx: Tx,
  baseUrl: string,
  challenge: string,
  response: z.infer<typeof signInByPasskey>['response'],
): Promise<string> {
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
    throw passkeyRefused(cause, passkey.admin_id)
  })
  if (!verified.verified) throw passkeyRefused(new Error('the signature is wrong'), passkey.admin_id)
  if (answer.response.userHandle !== userHandle(passkey.admin_id).toString('base64url')) {
    throw passkeyRefused(new Error('the passkey names another admin'), passkey.admin_id)
  }
  const { newCounter, credentialBackedUp } = verified.authenticationInfo
  await tx
    .updateTable('passkeys')
    .set({ counter: newCounter, backed_up: credentialBackedUp, last_used_at: sql`now()` })
    .where('id', '=', passkey.id)
    .execute()
  return passkey.admin_id
}
