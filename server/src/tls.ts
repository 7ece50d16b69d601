import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext, type SecureContextOptions, Server } from 'node:tls'
import type { Logger } from 'pino'
import { StartRefusal } from './start-refusal.ts'

/** Paths of PEM files: the certificate with those that signed it below, and its private key without a passphrase. */
export interface TlsFiles {
  certFile: string
  keyFile: string
}

/**
 * Reads the certificate and key that https is served with. Throws StartRefusal, a sentence about which file is wrong and
 * how, where either cannot be read, they do not belong together, or the certificate does not hold today.
 */
export function loadTls({ certFile, keyFile }: TlsFiles): SecureContextOptions {
  const cert = readPem('KEYROSTER_TLS_CERT', certFile)
  const key = readPem('KEYROSTER_TLS_KEY', keyFile)
  const certificate = parsed(
    () => new X509Certificate(cert),
    `KEYROSTER_TLS_CERT names ${certFile}, which is no certificate in PEM. Name the file that begins with BEGIN CERTIFICATE.`,
  )
  const privateKey = parsed(
    () => createPrivateKey(key),
    `KEYROSTER_TLS_KEY names ${keyFile}, which is no private key in PEM, or has a passphrase. Name a key without one.`,
  )
  refuseMismatch(certificate, privateKey, certFile, keyFile)
  refuseOutsideItsTime(certificate, certFile)
  const pair = { cert, key, minVersion: 'TLSv1.2' } as const
  parsed(
    () => createSecureContext(pair),
    `The certificate in ${certFile} and its key are too weak to be served. Use RSA of 2048 bits or more, or ECDSA.`,
  )
  return pair
}

/**
 * Looks at the files every `interval` milliseconds, and serves a renewed certificate from its next connection on. What cannot be
 * served is logged, and the former one stays. Answers what ends it.
 */
export function renewTls(
  { server }: { server: object },
  files: TlsFiles,
  log: Logger,
  interval = 60_000,
): () => void {
  const renew = () => {
    try {
      if (server instanceof Server) server.setSecureContext(loadTls(files))
      log.info('serving a renewed certificate')
    } catch (error) {
      log.warn({ err: error }, 'the renewed certificate cannot be served, so the former one stays')
    }
  }
  const paths = [files.certFile, files.keyFile]
  for (const path of paths) watchFile(path, { interval, persistent: false }, renew)
  return () => {
    for (const path of paths) unwatchFile(path, renew)
  }
}

function readPem(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : 'unreadable'
    throw new StartRefusal(
      `${setting} names ${path}, which cannot be read (${code}). Check the path and who may read it.`,
      { cause },
    )
  }
}

function parsed<T>(parse: () => T, refusal: string): T {
  try {
    return parse()
  } catch (cause) {
    throw new StartRefusal(refusal, { cause })
  }
}

function refuseMismatch(
  certificate: X509Certificate,
  key: KeyObject,
  certFile: string,
  keyFile: string,
): void {
  if (certificate.checkPrivateKey(key)) return
  throw new StartRefusal(
    `The key in ${keyFile} is not the one of the certificate in ${certFile}. Name the two that were made together.`,
  )
}

function refuseOutsideItsTime({ validFromDate, validToDate }: X509Certificate, certFile: string): void {
  const day = (date: Date) => date.toISOString().slice(0, 10)
  if (validToDate.getTime() <= Date.now()) {
    throw new StartRefusal(`The certificate in ${certFile} ended on ${day(validToDate)}. Renew it.`)
  }
  if (validFromDate.getTime() > Date.now()) {
    throw new StartRefusal(
      `The certificate in ${certFile} begins on ${day(validFromDate)}. Check this machine's clock.`,
    )
  }
}
