import 'reflect-metadata'
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import type { ClientCertificate } from './world.ts'

/** A client's self-signed RSA certificate with its private key, ready to be uploaded to an app in a test. */
export interface TestCertificate extends ClientCertificate {
  privateKey: KeyObject
  certificatePem: string
}

export async function makeTestCertificate(): Promise<TestCertificate> {
  const name = 'RSASSA-PKCS1-v1_5'
  const algorithm = {
    name,
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=test',
    keys,
    signingAlgorithm: algorithm,
  })
  const certificate = new X509Certificate(Buffer.from(made.rawData))
  const privateKey = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const thumbprint = (digest: string) => createHash(digest).update(certificate.raw).digest('base64url')
  return {
    privateKey: createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }),
    certificatePem: certificate.toString(),
    thumbprintSha1: thumbprint('sha1'),
    thumbprintSha256: thumbprint('sha256'),
    publicKeyPem: certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}
