import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

/** What a test may have the authenticator do wrong. */
export interface Misbehaviour {
  origin?: string
  userVerified?: boolean
  counter?: number
  userHandle?: string
  challenge?: string
}

type Options = Record<string, unknown> & { challenge?: string }

const nameless = '00000000-0000-0000-0000-000000000000'

/** A passkey in software: it makes and proves credentials as WebAuthn Level 3 says, with `none` attestation. */
export function createAuthenticator(origin = 'http://localhost:8080', aaguid = nameless) {
  const rpId = new URL(origin).hostname
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(32)
  let counter = 0
  let userHandle = ''

  return {
    id: id.toString('base64url'),

    /** Answers the options of a registration, as `navigator.credentials.create` does. */
    create(options: Options, wrong: Misbehaviour = {}) {
      const user = options.user as { id: string }
      userHandle = user.id
      const clientDataJSON = clientData('webauthn.create', options, origin, wrong)
      const authData = Buffer.concat([
        authenticatorData(rpId, 0x41 | verified(wrong), 0),
        Buffer.from(aaguid.replaceAll('-', ''), 'hex'),
        Buffer.of(id.length >> 8, id.length & 0xff),
        id,
        coseKey(publicKey),
      ])
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(authData)],
      ])
      return answer(id, {
        clientDataJSON: clientDataJSON.toString('base64url'),
        attestationObject: Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url'),
        transports: ['internal'],
      })
    },

    /** Answers the options of a sign-in, as `navigator.credentials.get` does. */
    get(options: Options, wrong: Misbehaviour = {}) {
      counter = wrong.counter ?? counter + 1
      const clientDataJSON = clientData('webauthn.get', options, origin, wrong)
      const authData = authenticatorData(rpId, 0x01 | verified(wrong), counter)
      const signature = createSign('sha256')
        .update(authData)
        .update(createHash('sha256').update(clientDataJSON).digest())
        .sign(privateKey)
      return answer(id, {
        clientDataJSON: clientDataJSON.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: wrong.userHandle ?? userHandle,
      })
    },
  }
}

const verified = ({ userVerified = true }: Misbehaviour) => (userVerified ? 0x04 : 0)

function clientData(type: string, options: Options, origin: string, wrong: Misbehaviour): Buffer {
  const challenge = wrong.challenge ?? options.challenge
  return Buffer.from(JSON.stringify({ type, challenge, origin: wrong.origin ?? origin, crossOrigin: false }))
}

/** https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
function authenticatorData(rpId: string, flags: number, counter: number): Buffer {
  const tail = Buffer.alloc(5)
  tail.writeUInt8(flags, 0)
  tail.writeUInt32BE(counter, 1)
  return Buffer.concat([createHash('sha256').update(rpId).digest(), tail])
}

/** An ES256 key as COSE has it: https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1 */
function coseKey(publicKey: KeyObject): Uint8Array {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const key = new Map<number, unknown>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
    [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
  ])
  return isoCBOR.encode(key as never)
}

const answer = (id: Buffer, response: Record<string, unknown>) => ({
  id: id.toString('base64url'),
  rawId: id.toString('base64url'),
  type: 'public-key',
  clientExtensionResults: {},
  response,
})
