import { X509Certificate } from 'node:crypto'
import type { CheckResult, Connection } from '@keyroster/api/connections.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addConnection, type ConnectedPanel, createConnectedPanel, grant } from './test-connection.ts'

describe('checking a connection', () => {
  let test: ConnectedPanel
  let id: string
  let clock: Date | null
  beforeAll(async () => {
    test = await createConnectedPanel()
  })
  afterAll(async () => test[Symbol.asyncDispose]())
  beforeEach(async () => {
    clock = null
    await test.startOver({ granted: true, now: () => clock ?? new Date() })
    ;({ id } = await addConnection(test))
    await grant(test, id)
  })

  const check = async (of = id) =>
    (await test.call<CheckResult>('POST', `/api/connections/${of}/check`, {})).body
  const read = async (of = id) => (await test.call<Connection>('GET', `/api/connections/${of}`)).body
  const servicePrincipal = () => test.emulator.tenant.servicePrincipals.get(test.emulator.app.clientId)!

  /** Gives the emulator the certificate that the panel lets one download. */
  const uploadCertificate = async (of: string) => {
    const { body: pem, headers } = await test.call<string>('GET', `/api/connections/${of}/certificate`)
    expect(headers['content-disposition']).toBe('attachment; filename="keyroster.cer"')
    const certificate = new X509Certificate(pem)
    const base64url = (hex: string) => Buffer.from(hex.replaceAll(':', ''), 'hex').toString('base64url')
    test.emulator.app.certificates.push({
      thumbprintSha1: base64url(certificate.fingerprint),
      thumbprintSha256: base64url(certificate.fingerprint256),
      publicKeyPem: certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    })
    return certificate
  }

  it('reads people, groups and the organization', async () => {
    const { directory, displayName } = test.emulator.tenant
    expect(await check()).toMatchObject({
      healthy: true,
      requestId: null,
      rows: [
        { subject: 'sign-in', works: true, code: null },
        { subject: 'User.Read.All', works: true, finding: `Read ${directory.userCount} users.` },
        { subject: 'GroupMember.Read.All', works: true, finding: `Read ${directory.groupCount} groups.` },
        { subject: 'Organization.Read.All', works: true, finding: `Read the organization ${displayName}.` },
      ],
    })
  })

  it.each(['User.Read.All', 'GroupMember.Read.All', 'Organization.Read.All'] as const)(
    'names %s where it is missing, and the deed that mends it',
    async (permission) => {
      test.emulator.revoke([permission])
      const { healthy, rows, requestId } = await check()
      expect(healthy).toBe(false)
      expect(requestId).not.toBeNull()
      expect(rows.filter(({ works }) => !works)).toEqual([
        {
          subject: permission,
          works: false,
          code: 'permission_missing',
          finding: `The app does not have the permission ${permission}.`,
          remedy: `Add the application permission ${permission} under API permissions, and grant access again.`,
        },
      ])
      expect((await read()).state).toBe('needs-attention')

      test.emulator.grant()
      expect((await check()).healthy).toBe(true)
      expect((await read()).state).toBe('connected')
    },
  )

  it.each([
    ['secret_expired', () => test.emulator.app.secrets[0]?.expiresAt.setTime(0)],
    ['secret_wrong', () => test.emulator.app.secrets.splice(0)],
    ['app_not_found', () => test.emulator.world.apps.splice(0)],
    ['app_disabled', () => Object.assign(servicePrincipal(), { enabled: false })],
    ['consent_missing', () => test.emulator.tenant.servicePrincipals.clear()],
    ['tenant_not_found', () => test.emulator.world.tenants.splice(0)],
    ['microsoft_unreachable', () => test.emulator.faults.add({ route: 'token', effect: { kind: 'reset' } })],
  ])('says %s at the sign-in and tries no further', async (code, spoil) => {
    spoil()
    const [signIn, ...others] = (await check()).rows
    expect(signIn).toMatchObject({ works: false, code })
    expect(others.map(({ finding }) => finding)).toEqual(
      Array(3).fill('Not tried, because signing in failed.'),
    )
    expect((await read()).state).toBe('needs-attention')
  })

  it('is refused before access was granted', async () => {
    const { id: draft } = await addConnection(test, { tenant: 'nowhere.example' })
    expect(await test.call('POST', `/api/connections/${draft}/check`, {})).toMatchObject({
      status: 409,
      body: { code: 'connection_not_ready' },
    })
  })

  describe('with a certificate of the panel', () => {
    beforeEach(async () => {
      await test.call('PATCH', `/api/connections/${id}`, { credential: { kind: 'certificate' } })
    })

    it('works once it is uploaded', async () => {
      expect((await check()).rows[0]).toMatchObject({ code: 'certificate_not_registered' })
      const certificate = await uploadCertificate(id)
      expect(await check()).toMatchObject({ healthy: true })
      expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072)
      expect((await read()).credential).toEqual({
        kind: 'certificate',
        thumbprint: certificate.fingerprint.replaceAll(':', ''),
        expiresOn: certificate.validToDate.toISOString().slice(0, 10),
      })
      const years = certificate.validToDate.getUTCFullYear() - new Date().getUTCFullYear()
      expect(years).toBe(2)
    })

    it('says that the clock is off where Microsoft finds the signature out of time', async () => {
      await uploadCertificate(id)
      clock = new Date(Date.now() - 15 * 60_000)
      expect((await check()).rows[0]).toMatchObject({ works: false, code: 'clock_off' })
    })
  })
})
