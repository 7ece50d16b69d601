import type { createConnection } from '@keyroster/api/connections.ts'
import type { z } from 'zod'
import type { Tx } from '../db/schema.ts'
import { makeCertificate } from '../entra/certificate.ts'
import { credentialContext } from '../entra/connection-access.ts'
import { ProblemError } from '../problem.ts'
import { sealSecret } from '../secrets/data-keys.ts'
import type { SecretKeys } from '../secrets/secret-keys.ts'

type CredentialInput = z.output<typeof createConnection>['credential']

/** A credential of a connection, not sealed yet. */
export interface ReadyCredential {
  /** The client secret or the private key. */
  secret: string
  /** The columns that tell what can be told of it. */
  columns: {
    credential_kind: 'secret' | 'certificate'
    secret_last_four: string | null
    certificate_pem: string | null
    certificate_thumbprint: string | null
    credential_expires_on: string | null
  }
}

/** Entra lists a secret's id beside its value, and both are copied by the same button. */
const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Takes what was typed, or makes the key and certificate that were asked for. Throws ProblemError `credential_looks_like_id`. */
export async function readyCredential(credential: CredentialInput): Promise<ReadyCredential> {
  if (credential.kind === 'certificate') {
    const made = await makeCertificate()
    return {
      secret: made.privateKeyPem,
      columns: {
        credential_kind: 'certificate',
        secret_last_four: null,
        certificate_pem: made.certificatePem,
        certificate_thumbprint: made.thumbprint,
        credential_expires_on: made.expiresOn,
      },
    }
  }
  if (guid.test(credential.secret)) throw looksLikeId()
  return {
    secret: credential.secret,
    columns: {
      credential_kind: 'secret',
      secret_last_four: credential.secret.slice(-4),
      certificate_pem: null,
      certificate_thumbprint: null,
      credential_expires_on: null,
    },
  }
}

/** The columns of a connection with this credential, sealed for its row, in the transaction that writes them. */
export async function sealCredential(
  tx: Tx,
  keys: SecretKeys,
  place: { workspaceId: string; connectionId: string },
  { secret, columns }: ReadyCredential,
) {
  const context = credentialContext(place.workspaceId, place.connectionId)
  return { ...columns, credential_sealed: await sealSecret(tx, keys, secret, context) }
}

function looksLikeId(): ProblemError {
  return new ProblemError(
    'credential_looks_like_id',
    'This is the secret’s ID. Paste its Value, from the column before it.',
    { fields: [{ field: 'credential.secret', message: 'This is the Secret ID. Paste the secret’s Value.' }] },
  )
}
