import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { ClientCertificateCredential, ClientSecretCredential } from '@azure/identity'
import { ConfidentialClientApplication, CryptoProvider, type NodeAuthOptions } from '@azure/msal-node'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openBrowser } from '../oauth/test-browser.ts'
import { type Emulator, startEmulator } from '../start.ts'
import { makeTestCertificate, type TestCertificate } from '../test-certificate.ts'

const SCOPE = 'https://graph.microsoft.com/.default'
const REDIRECT_URI = 'https://localhost:3000/return'
const ROLES = ['GroupMember.Read.All', 'Organization.Read.All', 'User.Read.All']

const trusted = getCACertificates()
let emulator: Emulator
let certificate: TestCertificate
beforeAll(async () => {
  emulator = await startEmulator({ https: true, granted: true, redirectUris: [REDIRECT_URI] })
  certificate = await makeTestCertificate()
  emulator.app.certificates.push(certificate)
  setDefaultCACertificates([...trusted, emulator.caPem!])
})
afterAll(async () => {
  setDefaultCACertificates(trusted)
  await emulator.close()
})
beforeEach(() => emulator.requests.clear())

/** MSAL wants the port in its known authorities, and refuses http outright. */
function msal(credential: Pick<NodeAuthOptions, 'clientSecret' | 'clientCertificate'>) {
  const { host } = new URL(emulator.origin)
  return new ConfidentialClientApplication({
    auth: {
      clientId: emulator.app.clientId,
      authority: `${emulator.origin}/${emulator.tenant.id}`,
      knownAuthorities: [host],
      ...credential,
    },
  })
}

const secret = () => emulator.app.secrets[0]!.value
const privateKey = () => certificate.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const hex = (thumbprint: string) => Buffer.from(thumbprint, 'base64url').toString('hex')
const rolesOf = (token: string) => decodeJwt(token).roles

test('msal-node gets an app token by secret, after discovery', async () => {
  const result = await msal({ clientSecret: secret() }).acquireTokenByClientCredential({ scopes: [SCOPE] })
  expect(rolesOf(result!.accessToken)).toEqual(ROLES)
  expect(emulator.requests.list().map(({ method, path }) => `${method} ${path}`)).toEqual([
    `GET /${emulator.tenant.id}/v2.0/.well-known/openid-configuration`,
    `POST /${emulator.tenant.id}/oauth2/v2.0/token`,
  ])
})

test('msal-node gets an app token by certificate, in the new form and the old', async () => {
  for (const thumbprint of [
    { thumbprintSha256: hex(certificate.thumbprintSha256) },
    { thumbprint: hex(certificate.thumbprintSha1) },
  ]) {
    const client = msal({ clientCertificate: { ...thumbprint, privateKey: privateKey() } })
    const result = await client.acquireTokenByClientCredential({ scopes: [SCOPE] })
    expect(rolesOf(result!.accessToken)).toEqual(ROLES)
  }
})

test('msal-node signs a person in with PKCE, and again silently', async () => {
  const client = msal({ clientSecret: secret() })
  const pkce = await new CryptoProvider().generatePkceCodes()
  const asked = { scopes: ['User.Read'], redirectUri: REDIRECT_URI, state: 's', nonce: 'n' }
  const url = await client.getAuthCodeUrl({
    ...asked,
    codeChallenge: pkce.challenge,
    codeChallengeMethod: 'S256',
  })
  const browser = openBrowser(emulator.origin)
  await browser.visit(url)
  await browser.press('Sign in as MOD Administrator')
  const { location } = await browser.press('Accept')

  const code = location!.searchParams.get('code')!
  const result = await client.acquireTokenByCode({ ...asked, code, codeVerifier: pkce.verifier })
  expect(result.account).toMatchObject({
    tenantId: emulator.tenant.id,
    username: 'admin@M365x214355.onmicrosoft.com',
    name: 'MOD Administrator',
  })
  expect(result.idTokenClaims).toMatchObject({ nonce: 'n', tid: emulator.tenant.id })

  const again = await client.acquireTokenSilent({
    account: result.account!,
    scopes: asked.scopes,
    forceRefresh: true,
  })
  expect(again.fromCache).toBe(false)
  expect(again.accessToken).not.toBe(result.accessToken)
})

test('msal-node understands a refusal', async () => {
  const refused = msal({ clientSecret: 'wrong' }).acquireTokenByClientCredential({ scopes: [SCOPE] })
  await expect(refused).rejects.toMatchObject({
    errorCode: 'invalid_client',
    errorMessage: expect.stringContaining('AADSTS7000215'),
  })
})

const identityOptions = () => ({ authorityHost: emulator.origin, disableInstanceDiscovery: true })

test('@azure/identity gets an app token by secret', async () => {
  const { tenant, app } = emulator
  const credential = new ClientSecretCredential(tenant.id, app.clientId, secret(), identityOptions())
  const { token, expiresOnTimestamp } = await credential.getToken(SCOPE)
  expect(rolesOf(token)).toEqual(ROLES)
  expect(expiresOnTimestamp).toBeGreaterThan(Date.now())
})

test('@azure/identity gets an app token by certificate', async () => {
  const { tenant, app } = emulator
  const pem = { certificate: `${privateKey()}\n${certificate.certificatePem}` }
  const credential = new ClientCertificateCredential(tenant.id, app.clientId, pem, identityOptions())
  expect(rolesOf((await credential.getToken(SCOPE)).token)).toEqual(ROLES)
})

test('@azure/identity understands a refusal', async () => {
  const unknown = '11111111-1111-4111-8111-111111111111'
  const credential = new ClientSecretCredential(emulator.tenant.id, unknown, 'x', identityOptions())
  await expect(credential.getToken(SCOPE)).rejects.toThrow('AADSTS700016')
})
