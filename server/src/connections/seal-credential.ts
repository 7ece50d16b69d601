import type { createConnection } from '@keyroster/api/connections.ts'
import type { z } from 'zod'
import { makeCertificate } from '../entra/certificate.ts'
import { credentialContext } from '../entra/connection-access.ts'
import { ProblemError } from '../problem.ts'
import { type SealingKey, seal } from '../seal.ts'

type CredentialInput = z.output<typeof createConnection>['credential']

/** The columns of a connection's credential: sealed where it is secret, readable where it is not. */
export interface SealedCredential {
  credential_kind: 'secret' | 'certificate'
  credential_sealed: Buffer
  secret_last_four: string | null
  certificate_pem: string | null
  certificate_thumbprint: string | null
  credential_expires_on: string | null
}

/** Entra lists a secret's id beside its value, and both are copied by the same button. */
const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/**
 * Seals what was typed, or makes the key and certificate that were asked for; the private key goes nowhere else. Throws
 * ProblemError `credential_looks_like_id`.
 */
export async function sealCredential(
  key: SealingKey,
  place: { workspaceId: string; connectionId: string },
  credential: CredentialInput,
): Promise<SealedCredential> {
  const context = credentialContext(place.workspaceId, place.connectionId)
  if (credential.kind === 'certificate') {
    const made = await makeCertificate()
    return {
      credential_kind: 'certificate',
      credential_sealed: seal(key, made.privateKeyPem, context),
      secret_last_four: null,
      certificate_pem: made.certificatePem,
      certificate_thumbprint: made.thumbprint,
      credential_expires_on: made.expiresOn,
    }
  }
  if (guid.test(credential.secret)) throw looksLikeId()
  return {
    credential_kind: 'secret',
    credential_sealed: seal(key, credential.secret, context),
    secret_last_four: credential.secret.slice(-4),
    certificate_pem: null,
    certificate_thumbprint: null,
    credential_expires_on: null,
  }
}

function looksLikeId(): ProblemError {
  return new ProblemError(
    'credential_looks_like_id',
    'This is the secret’s ID. Paste its Value, from the column before it.',
    { fields: [{ field: 'credential.secret', message: 'This is the Secret ID. Paste the secret’s Value.' }] },
  )
}
