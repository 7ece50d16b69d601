import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate for the emulator's server, and the authority that clients must trust for it; all PEM. */
export interface ServerCertificate {
  caPem: string
  certificatePem: string
  privateKeyPem: string
}

const EC_P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000
const VALID_DAYS = 30

/**
 * Makes an authority of its own and a certificate for `localhost`, `127.0.0.1` and `::1` under it. The authority's
 * private key is dropped, so that nothing else can ever be signed by what a developer chose to trust.
 */
export async function makeServerCertificate(): Promise<ServerCertificate> {
  const authorityKeys = await makeKeys()
  const serverKeys = await makeKeys()
  const notBefore = new Date(Date.now() - DAY_MS)
  const notAfter = new Date(Date.now() + VALID_DAYS * DAY_MS)

  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=entra-emulator local authority',
    keys: authorityKeys,
    signingAlgorithm: EC_P256,
    notBefore,
    notAfter,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: authority.subject,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: EC_P256,
    notBefore,
    notAfter,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const privateKey = await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey)
  return {
    caPem: authority.toString('pem'),
    certificatePem: certificate.toString('pem'),
    privateKeyPem: x509.PemConverter.encode(privateKey, 'PRIVATE KEY'),
  }
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(EC_P256, true, ['sign', 'verify'])
}
