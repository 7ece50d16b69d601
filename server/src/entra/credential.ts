import { createPrivateKey, X509Certificate } from 'node:crypto'
import { type ClientAuth, ClientSecretPost, modifyAssertion, PrivateKeyJwt } from 'openid-client'

/** What an app proves itself with. */
export type Credential =
  | { kind: 'secret'; secret: string }
  | { kind: 'certificate'; privateKeyPem: string; certificatePem: string }

/**
 * How the credential is presented: a secret in the form, a certificate as an assertion signed with PS256 that names it by
 * `x5t#S256`. https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials
 */
export function presentCredential(credential: Credential): ClientAuth {
  if (credential.kind === 'secret') return ClientSecretPost(credential.secret)
  const key = createPrivateKey(credential.privateKeyPem).toCryptoKey(
    { name: 'RSA-PSS', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  const fingerprint = new X509Certificate(credential.certificatePem).fingerprint256
  const thumbprint = Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url')
  return (server, client, body, headers) => {
    const present = PrivateKeyJwt(key, {
      [modifyAssertion](header, payload) {
        header['x5t#S256'] = thumbprint
        header.typ = 'JWT'
        // Entra wants the token endpoint as audience; the library's default is the issuer.
        payload.aud = server.token_endpoint
      },
    })
    return present(server, client, body, headers)
  }
}
