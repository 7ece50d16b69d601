import type { AppRegistration, World } from '../world.ts'
import { type AadstsError, expiredSecret, malformedRequest, wrongSecret } from './aadsts.ts'
import { verifyClientAssertion } from './client-assertion.ts'
import { type Parameters, required } from './parameters.ts'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Who a token request says it comes from, and its proof, unchecked. */
export interface ClientCredentials {
  clientId: string
  secret: string | undefined
  assertion: string | undefined
}

/** Reads the client's id and proof from the form or from HTTP Basic. */
export function readClientCredentials(
  parameters: Parameters,
  authorization: string | undefined,
): ClientCredentials {
  const basic = readBasic(authorization)
  const assertion = parameters.client_assertion
  if (assertion && required(parameters, 'client_assertion_type') !== ASSERTION_TYPE) {
    throw malformedRequest("The parameter 'client_assertion_type' is not supported.")
  }
  return {
    clientId: parameters.client_id ?? basic?.clientId ?? required(parameters, 'client_id'),
    secret: parameters.client_secret ?? basic?.secret,
    assertion,
  }
}

/** Id and secret are form-encoded before they are joined: RFC 6749, section 2.3.1. */
function readBasic(authorization: string | undefined): { clientId: string; secret: string } | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (!encoded) return undefined
  const parts = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString())
  if (!parts) throw malformedRequest('The Authorization header is not valid.')
  return { clientId: formDecode(parts[1]!), secret: formDecode(parts[2]!) }
}

function formDecode(text: string): string {
  return new URLSearchParams(`value=${text.replaceAll('&', '%26')}`).get('value')!
}

/** Checks the client's proof and says of which kind it was; throws what is wrong with it. */
export async function authenticateClient(
  world: World,
  app: AppRegistration,
  credentials: ClientCredentials,
  to: { audiences: string[]; missing: AadstsError },
): Promise<'secret' | 'certificate'> {
  if (credentials.assertion) {
    await verifyClientAssertion(world, app, credentials.assertion, to.audiences)
    return 'certificate'
  }
  if (!credentials.secret) throw to.missing
  const secret = app.secrets.find(({ value }) => value === credentials.secret)
  if (!secret) throw wrongSecret(app)
  if (secret.expiresAt <= world.now()) throw expiredSecret(app)
  return 'secret'
}
