import 'reflect-metadata'
import { webcrypto, X509Certificate } from 'node:crypto'
import { cryptoProvider, X509CertificateGenerator } from '@peculiar/x509'

export interface NewCertificate {
  /** PKCS #8; to be sealed at once. */
  privateKeyPem: string
  certificatePem: string
  /** SHA-1 in upper-case hex, as Entra's portal shows it. */
  thumbprint: string
  /** `YYYY-MM-DD` */
  expiresOn: string
}

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 3072,
  publicExponent: new Uint8Array([1, 0, 1]),
}

/** Makes an RSA key of 3072 bits and a self-signed certificate for it, valid for two years. */
export async function makeCertificate(now = new Date()): Promise<NewCertificate> {
  cryptoProvider.set(webcrypto)
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const notAfter = new Date(now)
  notAfter.setUTCFullYear(now.getUTCFullYear() + 2)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Keyroster',
    // An hour early, so that a clock that is a little behind at Microsoft's side does not refuse it.
    notBefore: new Date(now.getTime() - 3_600_000),
    notAfter,
    signingAlgorithm: algorithm,
    keys,
  })
  const certificatePem = certificate.toString('pem')
  const privateKey = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString(
    'base64',
  )
  return {
    privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${privateKey.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`,
    certificatePem: `${certificatePem}\n`,
    thumbprint: new X509Certificate(certificatePem).fingerprint.replaceAll(':', ''),
    expiresOn: notAfter.toISOString().slice(0, 10),
  }
}
