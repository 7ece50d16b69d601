import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Emulator, startEmulator } from 'entra-emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { visitMicrosoft } from '../connections/test-browser.ts'
import { finishSignIn, type SignInApp, startSignIn } from './sign-in.ts'

const redirectUri = 'http://localhost:8080/api/entra/callback'

/** What is done to an id_token on its way here. */
type Forgery = (header: Record<string, unknown>, claims: Record<string, unknown>) => Promise<string> | string

let emulator: Emulator
let between: { origin: string; forge: Forgery | null; close(): void }
beforeAll(async () => {
  emulator = await startEmulator({ redirectUris: [redirectUri], otherTenants: true })
  between = await standBetween(emulator)
})
afterAll(async () => {
  between.close()
  await emulator.close()
})
beforeEach(() => {
  between.forge = null
})

/** Somebody who stands between the panel and Microsoft, passes all on, and forges id_tokens when told to. */
async function standBetween({ origin: microsoft }: Emulator): Promise<typeof between> {
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request)
    const { authorization, 'content-type': type, cookie } = request.headers
    const answer = await fetch(`${microsoft}${request.url}`, {
      method: request.method ?? 'GET',
      redirect: 'manual',
      headers: {
        ...(authorization && { authorization }),
        ...(type && { 'content-type': type }),
        ...(cookie && { cookie }),
      },
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    })
    const text = (await answer.text()).replaceAll(microsoft, self.origin)
    for (const name of ['content-type', 'location']) {
      const value = answer.headers.get(name)
      if (value !== null) response.setHeader(name, value.replaceAll(microsoft, self.origin))
    }
    response.setHeader('set-cookie', answer.headers.getSetCookie())
    response.writeHead(answer.status).end(await forged(text))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const self: typeof between = { origin, forge: null, close: () => server.close() }
  const forged = async (text: string) => {
    if (self.forge === null || !text.includes('"id_token":"')) return text
    const body = JSON.parse(text) as { id_token: string }
    const [header = '', claims = ''] = body.id_token.split('.')
    return JSON.stringify({ ...body, id_token: await self.forge(parse(header), parse(claims)) })
  }
  return self
}

const parse = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** Signs as Microsoft does, but what it is told to: whoever could do this is Microsoft. */
async function sign(
  header: object,
  claims: object,
  key = emulator.world.login.key.privateKey,
): Promise<string> {
  const data = `${encode(header)}.${encode(claims)}`
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, Buffer.from(data))
  return `${data}.${Buffer.from(signature).toString('base64url')}`
}

const issuer = () => ({ iss: `${between.origin}/${emulator.tenant.id}/v2.0` })

async function signInThrough(forge: Forgery) {
  const app: SignInApp = {
    endpoints: { login: between.origin, graph: between.origin },
    tenant: emulator.tenant.id,
    clientId: emulator.app.clientId,
    credential: { kind: 'secret', secret: emulator.app.secrets[0]!.value },
  }
  const begun = await startSignIn(app, { redirectUri, state: 'the-state' })
  const callback = new URL(await visitMicrosoft(begun.url, { account: 'Adele' }))
  between.forge = forge
  return finishSignIn(app, callback, { ...begun, state: 'the-state' })
}

const seconds = () => Math.floor(Date.now() / 1000)

describe('an id_token', () => {
  test('that is true says who somebody is, and in which tenant', async () => {
    const adele = [...emulator.tenant.directory.users()].find(
      ({ displayName }) => displayName === 'Adele Vance',
    )!
    const account = await signInThrough((header, claims) => sign(header, { ...claims, ...issuer() }))
    expect(account).toEqual({ tenantId: emulator.tenant.id, objectId: adele.id })
  })

  test.each<[string, (claims: Record<string, unknown>) => object]>([
    ['of another issuer', () => ({ iss: `${between.origin}/${emulator.world.tenants[1]!.id}/v2.0` })],
    ['of an issuer on another host', () => ({ iss: `https://login.example/${emulator.tenant.id}/v2.0` })],
    ['for another app', () => ({ aud: crypto.randomUUID() })],
    ['for another app beside ours', ({ aud }) => ({ aud: [aud, crypto.randomUUID()] })],
    ['with the nonce of another sign-in', () => ({ nonce: 'another' })],
    ['without a nonce', () => ({ nonce: undefined })],
  ])('%s is refused', async (_what, change) => {
    const refused = signInThrough((header, claims) =>
      sign(header, { ...claims, ...issuer(), ...change(claims) }),
    )
    await expect(refused).rejects.toMatchObject({ code: 'sign_in_failed' })
  })

  test.each([
    ['that has ended', () => ({ exp: seconds() - 300 })],
    ['that is not valid yet', () => ({ nbf: seconds() + 300 })],
  ])('%s is refused', async (_what, change) => {
    const refused = signInThrough((header, claims) => sign(header, { ...claims, ...issuer(), ...change() }))
    await expect(refused).rejects.toMatchObject({ code: 'clock_off' })
  })

  test('is refused unsigned, signed by another key, by a key it brings itself, or by our own secret', async () => {
    const foreign = await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Buffer.of(1, 0, 1), hash: 'SHA-256' },
      true,
      ['sign', 'verify'],
    )
    const jwk = await crypto.subtle.exportKey('jwk', foreign.publicKey)
    const secret = await crypto.subtle.importKey(
      'raw',
      Buffer.from(emulator.app.secrets[0]!.value),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    const forgeries: Forgery[] = [
      (header, claims) => `${encode({ ...header, alg: 'none' })}.${encode({ ...claims, ...issuer() })}.`,
      (header, claims) => sign(header, { ...claims, ...issuer() }, foreign.privateKey),
      (header, claims) => sign({ ...header, jwk }, { ...claims, ...issuer() }, foreign.privateKey),
      (header, claims) =>
        sign({ ...header, jku: 'https://keys.example' }, { ...claims, ...issuer() }, foreign.privateKey),
      async (header, claims) => {
        const data = `${encode({ ...header, alg: 'HS256' })}.${encode({ ...claims, ...issuer() })}`
        const mac = await crypto.subtle.sign('HMAC', secret, Buffer.from(data))
        return `${data}.${Buffer.from(mac).toString('base64url')}`
      },
    ]
    for (const forge of forgeries) await expect(signInThrough(forge)).rejects.toThrow()
  })
})
