import {
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  importSPKI,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose'
import type { AppRegistration, ClientCertificate, World } from '../world.ts'
import {
  assertionApp,
  assertionAudience,
  assertionSignature,
  assertionTime,
  invalidAssertion,
} from './aadsts.ts'

/** How far a client's clock may be off. */
const CLOCK_SKEW_MS = 5 * 60_000

/**
 * Checks a certificate's assertion: PS256 with `x5t#S256`, or the old form RS256 with `x5t`, as
 * https://learn.microsoft.com/entra/identity-platform/certificate-credentials has them.
 */
export async function verifyClientAssertion(
  world: World,
  app: AppRegistration,
  assertion: string,
  audiences: string[],
): Promise<void> {
  const { header, payload } = decode(assertion)
  const { algorithm, thumbprint, certificate } = certificateOf(app, header)
  if (!certificate) throw assertionSignature(app, 'The key was not found.', hex(thumbprint))
  await verifySignature(app, { assertion, algorithm, thumbprint, certificate })

  const { iss, sub, aud, jti } = payload
  if (iss !== app.clientId || sub !== app.clientId) throw assertionApp()
  if (typeof aud !== 'string' || !audiences.includes(aud)) throw assertionAudience()
  if (!jti) throw invalidAssertion("The claim 'jti' is missing.")
  checkTimes(world, payload)
}

function decode(assertion: string): { header: JWTHeaderParameters; payload: JWTPayload } {
  try {
    return {
      header: decodeProtectedHeader(assertion) as JWTHeaderParameters,
      payload: decodeJwt(assertion),
    }
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      throw invalidAssertion('It cannot be read.')
    }
    throw error
  }
}

/** The uploaded certificate that the header names, by the thumbprint that belongs to its algorithm. */
function certificateOf(app: AppRegistration, header: JWTHeaderParameters) {
  if (header.alg === 'PS256' && typeof header['x5t#S256'] === 'string') {
    const thumbprint = header['x5t#S256']
    const certificate = app.certificates.find((one) => one.thumbprintSha256 === thumbprint)
    return { algorithm: 'PS256', thumbprint, certificate }
  }
  if (header.alg === 'RS256' && typeof header.x5t === 'string') {
    const thumbprint = header.x5t
    const certificate = app.certificates.find((one) => one.thumbprintSha1 === thumbprint)
    return { algorithm: 'RS256', thumbprint, certificate }
  }
  // The text: AzureAD/microsoft-authentication-library-for-dotnet#124.
  throw invalidAssertion('No certificate thumbprint specified in token header.')
}

async function verifySignature(
  app: AppRegistration,
  of: { assertion: string; algorithm: string; thumbprint: string; certificate: ClientCertificate },
): Promise<void> {
  const key = await importSPKI(of.certificate.publicKeyPem, of.algorithm)
  try {
    await compactVerify(of.assertion, key, { algorithms: [of.algorithm] })
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error
    const reason = 'The provided signature value did not match the expected signature value.'
    throw assertionSignature(app, reason, hex(of.thumbprint))
  }
}

function checkTimes(world: World, { nbf, exp }: JWTPayload): void {
  if (exp === undefined) throw invalidAssertion("The claim 'exp' is missing.")
  const now = world.now()
  const from = new Date((nbf ?? 0) * 1000)
  const until = new Date(exp * 1000)
  const early = now.getTime() + CLOCK_SKEW_MS < from.getTime()
  const late = now.getTime() - CLOCK_SKEW_MS > until.getTime()
  if (early || late) throw assertionTime({ now, from, until })
}

function hex(thumbprint: string): string {
  return Buffer.from(thumbprint, 'base64url').toString('hex').toUpperCase()
}
