import type { addPasskey as input, Passkey, WebauthnOptions } from '@keyroster/api/session.ts'
import {
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { SignedInAdmin } from '../http/types.ts'
import { passkeyRefused, stepUpNeeded } from '../problem.ts'
import { beginCeremony, relyingParty, spendCeremony } from './passkey-ceremonies.ts'
import { asPasskey, listPasskeys } from './passkeys.ts'
import { userHandle } from './user-handle.ts'

/** EdDSA, ES256 and RS256: https://www.iana.org/assignments/cose/cose.xhtml#algorithms */
const supportedAlgorithmIDs = [-8, -7, -257]

/**
 * Asks an authenticator for a new passkey that it does not have for this admin yet. Throws step_up_needed where the admin
 * has one already that was not touched just now; whoever has none can touch none.
 */
export async function offerPasskey(db: Db, baseUrl: string, admin: SignedInAdmin): Promise<WebauthnOptions> {
  const held = await db
    .selectFrom('passkeys')
    .select('credential_id')
    .where('admin_id', '=', admin.id)
    .execute()
  refuseWithoutTouch(admin, held.length)
  const options = await generateRegistrationOptions({
    rpName: 'Keyroster',
    rpID: relyingParty(baseUrl).id,
    userName: admin.email ?? admin.name,
    userDisplayName: admin.name,
    userID: new Uint8Array(userHandle(admin.id)),
    excludeCredentials: held.map(({ credential_id }) => ({ id: credential_id })),
    supportedAlgorithmIDs,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  return { ceremony: await beginCeremony(db, admin.id, options.challenge), options: { ...options } }
}

/** Verifies what the authenticator made and keeps it. Throws passkey_refused, and step_up_needed as above. */
export async function addPasskey(
  db: Db,
  baseUrl: string,
  request: FastifyRequest,
  { ceremony, name, response }: z.infer<typeof input>,
): Promise<Passkey> {
  const { admin } = request
  const challenge = await spendCeremony(db, ceremony, admin.id)
  const { id: expectedRPID, origin: expectedOrigin } = relyingParty(baseUrl)
  const verified = await verifyRegistrationResponse({
    // The library judges the content; what our schema lets through is only the shape of an answer.
    response: response as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin,
    expectedRPID,
    requireUserVerification: true,
    supportedAlgorithmIDs,
  }).catch((cause: unknown) => {
    throw passkeyRefused(cause)
  })
  if (!verified.verified) throw passkeyRefused(new Error('the attestation is wrong'))
  const { credential, aaguid, credentialBackedUp } = verified.registrationInfo
  return transaction(db, async (tx) => {
    refuseWithoutTouch(admin, (await listPasskeys(tx, admin.id)).length)
    const row = await tx
      .insertInto('passkeys')
      .values({
        workspace_id: admin.workspaceId,
        admin_id: admin.id,
        credential_id: credential.id,
        public_key: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: credential.transports ?? [],
        aaguid,
        name,
        backed_up: credentialBackedUp,
      })
      .onConflict((conflict) => conflict.column('credential_id').doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw passkeyRefused(new Error('the credential id is taken'))
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'passkey.added',
      target: { kind: 'passkey', id: row.id, name },
      request,
    })
    return asPasskey(row)
  })
}

/** A session alone must not be enough to get a way in that outlives it. */
function refuseWithoutTouch(admin: SignedInAdmin, held: number): void {
  if (held > 0 && !admin.steppedUp) throw stepUpNeeded()
}
