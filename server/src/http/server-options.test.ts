import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSignInLink } from '../admins/sign-in-links.ts'
import { makeTestServerCertificate } from '../test-server-certificate.ts'
import { renewTls } from '../tls.ts'
import { createTestPanel, type TestPanel } from './test-panel.ts'

const onPanel = async (panel: TestPanel): Promise<number> => {
  await panel.app.listen({ host: '127.0.0.1', port: 0 })
  return (panel.app.server.address() as AddressInfo).port
}

describe('over https', () => {
  let folder: string
  let panel: TestPanel
  let port: number
  const files = { certFile: '', keyFile: '' }
  const lay = async (name: string) => {
    const made = await makeTestServerCertificate({ name })
    await writeFile(files.keyFile, made.key)
    await writeFile(files.certFile, made.cert)
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyroster-tls-'))
    files.certFile = join(folder, 'cert.pem')
    files.keyFile = join(folder, 'key.pem')
    await lay('keys.contoso.com')
    panel = await createTestPanel({ tls: files, baseUrl: 'https://keys.contoso.com' })
    port = await onPanel(panel)
  })
  afterAll(async () => {
    await panel.close()
    await rm(folder, { recursive: true })
  })

  /** What a client is shown that trusts nobody yet and only looks. */
  const shake = async (options: object = {}) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options })
    await once(socket, 'secureConnect')
    const seen = { protocol: socket.getProtocol(), certificate: socket.getPeerX509Certificate() }
    socket.destroy()
    return seen
  }
  const servedName = async () => (await shake()).certificate?.subject

  test('the panel answers with the certificate it was given, and insists on https from then on', async () => {
    const { cert } = await makeTestServerCertificate({ name: 'other.contoso.com' })
    const ca = (await shake()).certificate?.toString()
    const ask = (trusted: string | undefined) =>
      once(
        get({ host: '127.0.0.1', port, path: '/healthz', servername: 'keys.contoso.com', ca: trusted }),
        'response',
      )
    const [answer] = await ask(ca)
    expect(JSON.parse(await text(answer))).toEqual({ status: 'ok' })
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
    await expect(ask(cert)).rejects.toThrow(/certificate/)
  })

  test('TLS below 1.2 is refused', async () => {
    expect((await shake({ maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2')
    await expect(
      shake({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow(/protocol version|unsupported|alert/)
  })

  test('a renewed certificate is served from the next connection on; one that cannot be served is not', async () => {
    const end = renewTls(panel.app, files, panel.panel.log, 20)
    try {
      await lay('renewed.contoso.com')
      await expect.poll(servedName, { timeout: 5000 }).toBe('CN=renewed.contoso.com')
      await writeFile(files.certFile, 'half a certificate')
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(await servedName()).toBe('CN=renewed.contoso.com')
    } finally {
      end()
    }
  })
})

describe('a raw request', () => {
  let panel: TestPanel
  let port: number
  beforeAll(async () => {
    panel = await createTestPanel()
    port = await onPanel(panel)
  })
  afterAll(() => panel.close())

  /** Everything the server says to these bytes before it hangs up. */
  const say = async (...lines: string[]): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    socket.write(lines.join('\r\n'))
    return text(socket)
  }

  test.each<[string, string[]]>([
    ['two lengths', ['content-length: 2', 'transfer-encoding: chunked']],
    ['two different lengths', ['content-length: 2', 'content-length: 3']],
    ['an obscured encoding', ['transfer-encoding: xchunked']],
    ['a space before the colon', ['transfer-encoding : chunked']],
    ['a folded header', ['x-one: 1', ' transfer-encoding: chunked']],
    ['a bare line feed', ['x-one: 1\nx-two: 2']],
  ])(
    'that two servers could read differently, with %s, is refused and the connection closed',
    async (_case, headers) => {
      const answer = await say(
        'POST /api/users HTTP/1.1',
        'host: localhost',
        ...headers,
        '',
        '{}GET /healthz HTTP/1.1',
        '',
        '',
      )
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
      expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
    },
  )

  test('whose headers or body never end is broken off', async () => {
    const { server } = panel.app
    expect(server).toMatchObject({ headersTimeout: 15_000, requestTimeout: 30_000, timeout: 300_000 })
    server.headersTimeout = 300
    expect(await say('GET /healthz HTTP/1.1', 'host: localhost', 'x-slow: ')).toMatch(/^HTTP\/1\.1 408 /)
    server.requestTimeout = 300
    expect(
      await say(
        'POST /api/users HTTP/1.1',
        'host: localhost',
        `cookie: ${panel.cookie}`,
        'x-keyroster: 1',
        'content-length: 100',
        'content-type: application/json',
        '',
        '{',
      ),
    ).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('with more headers than anybody needs is refused', async () => {
    const answer = await say(
      'GET /healthz HTTP/1.1',
      'host: localhost',
      `x-long: ${'x'.repeat(20_000)}`,
      '',
      '',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('that asks for TRACE, TRACK, CONNECT or another verb is not answered with what it sent', async () => {
    for (const verb of ['TRACE', 'TRACK', 'CONNECT', 'PROPFIND', 'DEBUG']) {
      const answer = await say(
        `${verb} /healthz HTTP/1.1`,
        'host: localhost',
        'x-canary: 2f9c',
        'connection: close',
        '',
        '',
      )
      expect(answer, verb).not.toMatch(/^HTTP\/1\.1 2|2f9c/)
    }
  })
})

describe('where a request comes from', () => {
  let panel: TestPanel
  beforeAll(async () => {
    panel = await createTestPanel({ trustedProxies: ['10.0.0.0/24'], baseUrl: 'https://keys.contoso.com' })
  })
  afterAll(() => panel.close())

  /** How many tries at signing in this sender has left, which the limit counts by address. */
  const triesLeft = async (remoteAddress: string, headers: Record<string, string> = {}) => {
    const answer = await panel.app.inject({
      method: 'POST',
      url: '/api/session/passkey/options',
      remoteAddress,
      headers: { 'x-keyroster': '1', ...headers },
    })
    return Number(answer.headers['x-ratelimit-remaining'])
  }

  test('is what a proxy that is named says, and the proxy alone', async () => {
    expect(await triesLeft('10.0.0.7', { 'x-forwarded-for': '203.0.113.1' })).toBe(59)
    expect(await triesLeft('10.0.0.8', { 'x-forwarded-for': '198.51.100.9, 203.0.113.1' })).toBe(58)
    expect(await triesLeft('10.0.0.7', { 'x-forwarded-for': '203.0.113.2' })).toBe(59)
    expect(await triesLeft('10.0.0.7')).toBe(59)
  })

  test('is the sender itself where that is no proxy, whatever it says', async () => {
    const forged = {
      'x-forwarded-for': '203.0.113.3',
      forwarded: 'for=203.0.113.3',
      'x-real-ip': '203.0.113.3',
    }
    expect(await triesLeft('192.0.2.1', forged)).toBe(59)
    expect(await triesLeft('192.0.2.1', { 'x-forwarded-for': '203.0.113.4' })).toBe(58)
    expect(await triesLeft('10.0.1.7', { 'x-forwarded-for': '10.0.0.7' })).toBe(59)
  })

  test('is one sender for a whole IPv6 network, which costs nothing to have', async () => {
    expect(await triesLeft('2001:db8:0:1::1')).toBe(59)
    expect(await triesLeft('2001:db8:0:1:ffff::2')).toBe(58)
    expect(await triesLeft('2001:db8:0:2::1')).toBe(59)
  })

  test('that a proxy garbles is no fault of the panel', async () => {
    expect(await triesLeft('10.0.0.7', { 'x-forwarded-for': "'; drop table admins; --" })).toBe(59)
  })

  test('decides neither the cookie’s safety nor whose origin counts: the panel knows its own', async () => {
    const token = (
      await createSignInLink(panel.panel.database.db, panel.admin.id, 'https://keys.contoso.com')
    ).split('=')[1]
    const signIn = (origin: string) =>
      panel.app.inject({
        method: 'POST',
        url: '/api/session/link',
        remoteAddress: '10.0.0.7',
        headers: {
          'x-keyroster': '1',
          'content-type': 'application/json',
          origin,
          host: 'evil.example',
          'x-forwarded-proto': 'http',
          'x-forwarded-host': 'evil.example',
        },
        payload: JSON.stringify({ token }),
      })
    expect((await signIn('http://evil.example')).statusCode).toBe(403)
    const answer = await signIn('https://keys.contoso.com')
    expect(answer.statusCode).toBe(200)
    expect(answer.cookies).toMatchObject([
      { name: '__Host-keyroster', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' },
    ])
    expect(answer.cookies[0]).not.toHaveProperty('domain')
    expect(answer.headers['strict-transport-security']).toBeDefined()
  })
})
