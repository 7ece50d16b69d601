import type { WebauthnOptions } from '@keyroster/api/session.ts'
import { generateAuthenticationOptions } from '@simplewebauthn/server'
import type { Db, Tx } from '../db/schema.ts'
import { passkeyRefused } from '../problem.ts'
import { type Assertion, verifyAssertion } from './passkey-assertion.ts'
import { beginCeremony, relyingParty } from './passkey-ceremonies.ts'

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
  response: Assertion,
): Promise<string> {
  const { adminId, named } = await verifyAssertion(tx, baseUrl, challenge, response)
  if (!named) throw passkeyRefused(new Error('the passkey names nobody'), adminId)
  return adminId
}
