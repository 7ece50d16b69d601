import type { Problem } from '@keyroster/api/problem.ts'
import type { Session } from '@keyroster/api/session.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unguarded } from '../audit/test-audit.ts'
import { callWith, createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { ensureOperator } from './operator.ts'
import { startSession } from './sessions.ts'
import { createSignInLink } from './sign-in-links.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())

const sql = (text: string) => panel.panel.database.pool.query(text)
const cookieOf = (headers: Record<string, unknown>) => String(headers['set-cookie']).split(';')[0]!

async function newToken(): Promise<string> {
  const { db } = panel.panel.database
  const link = new URL(await createSignInLink(db, panel.admin.id, panel.panel.config.baseUrl))
  expect(link.origin + link.pathname + link.search).toBe('http://localhost:8080/sign-in')
  return link.hash.replace('#token=', '')
}

const signIn = (token: string, cookie?: string) =>
  callWith(panel.app, cookie)<Session & Problem>('POST', '/api/session/link', { token })

describe('the sign-in link', () => {
  test('signs its admin in, with a cookie that scripts cannot read', async () => {
    const signedIn = await signIn(await newToken())
    expect(signedIn).toMatchObject({
      status: 200,
      body: {
        admin: { id: panel.admin.id, name: 'Operator', email: null },
        workspace: { id: panel.admin.workspaceId },
        passkeys: 0,
      },
    })
    expect(signedIn.headers['set-cookie']).toMatch(/^keyroster=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
    const asked = await callWith(panel.app, cookieOf(signedIn.headers))('GET', '/api/session')
    expect(asked.body).toMatchObject({ admin: { id: panel.admin.id } })
  })

  test('works once: of two at the same moment, one gets a session', async () => {
    const token = await newToken()
    const answers = await Promise.all([signIn(token), signIn(token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
    const refused = answers.find(({ status }) => status === 401)!
    expect(refused.body.code).toBe('link_spent')
    expect(refused.body.detail).toContain('npx keyroster sign-in-link')
    expect(refused.headers['set-cookie']).toBeUndefined()
  })

  test('works for ten minutes', async () => {
    const token = await newToken()
    const { rows } = await sql(`
      select expires_at - created_at = interval '10 minutes' as "tenMinutes" from sign_in_links where used_at is null`)
    expect(rows).toEqual([{ tenMinutes: true }])
    await sql("update sign_in_links set expires_at = now() - interval '1 second' where used_at is null")
    expect(await signIn(token)).toMatchObject({ status: 401, body: { code: 'link_spent' } })
  })

  test('is refused when unknown, and a malformed one names its field', async () => {
    expect(await signIn('A'.repeat(43))).toMatchObject({ status: 401, body: { code: 'link_spent' } })
    expect(await signIn('short')).toMatchObject({ status: 400, body: { fields: [{ field: 'token' }] } })
  })

  test('is nowhere in the database as it is, nor is the session', async () => {
    const token = await newToken()
    const signedIn = await signIn(token)
    const session = cookieOf(signedIn.headers).split('=')[1]!
    const { rows } = await sql(`
      select string_agg(l::text, '') || (select string_agg(s::text, '') from sessions s) as everything
      from sign_in_links l`)
    for (const secret of [token, session]) {
      expect(rows[0].everything).not.toContain(secret)
      expect(rows[0].everything).not.toContain(Buffer.from(secret).toString('hex'))
    }
  })
})

describe('a session', () => {
  test('has a new id at every sign-in, and the browser’s former one ends', async () => {
    const first = cookieOf((await signIn(await newToken())).headers)
    const second = cookieOf((await signIn(await newToken(), first)).headers)
    expect(second).not.toBe(first)
    expect((await callWith(panel.app, first)('GET', '/api/session')).status).toBe(401)
    expect((await callWith(panel.app, second)('GET', '/api/session')).status).toBe(200)
  })

  test('ends on the server at sign-out, so that its cookie opens nothing afterwards', async () => {
    const cookie = cookieOf((await signIn(await newToken())).headers)
    const out = await callWith(panel.app, cookie)('DELETE', '/api/session')
    expect(out.status).toBe(204)
    expect(out.headers['set-cookie']).toMatch(/^keyroster=; .*Expires=Thu, 01 Jan 1970/)
    expect(out.headers['clear-site-data']).toBe('"cache", "storage"')
    const replayed = await callWith(panel.app, cookie)('GET', '/api/session')
    expect(replayed).toMatchObject({ status: 401, body: { code: 'not_signed_in' } })
  })

  test('ends after an hour without use, and use keeps it', async () => {
    const used = `keyroster=${await startSession(panel.panel.database.db, panel.admin.id)}`
    const ask = async () => (await callWith(panel.app, used)('GET', '/api/session')).status
    await sql("update sessions set last_seen_at = now() - interval '59 minutes'")
    expect(await ask()).toBe(200)
    await sql("update sessions set last_seen_at = last_seen_at - interval '59 minutes'")
    expect(await ask()).toBe(200)
    await sql("update sessions set last_seen_at = now() - interval '61 minutes'")
    expect(await ask()).toBe(401)
  })

  test('ends after twelve hours however much it is used', async () => {
    const cookie = `keyroster=${await startSession(panel.panel.database.db, panel.admin.id)}`
    const { rows } = await sql(
      'select max(expires_at - created_at) = interval \'12 hours\' as "twelveHours" from sessions',
    )
    expect(rows[0].twelveHours).toBe(true)
    await sql("update sessions set expires_at = now() - interval '1 second'")
    expect((await callWith(panel.app, cookie)('GET', '/api/session')).status).toBe(401)
  })

  test('is not opened by a made-up cookie', async () => {
    for (const cookie of ['keyroster=', 'keyroster=made-up', `keyroster=${'A'.repeat(43)}`]) {
      expect((await callWith(panel.app, cookie)('GET', '/api/session')).status).toBe(401)
    }
  })

  test('on https is a __Host- cookie that only https carries', async () => {
    const secure = await createTestPanel({ baseUrl: 'https://keys.contoso.com' })
    try {
      const { db } = secure.panel.database
      const link = new URL(await createSignInLink(db, secure.admin.id, 'https://keys.contoso.com'))
      const token = link.hash.replace('#token=', '')
      const signedIn = await callWith(secure.app)('POST', '/api/session/link', { token })
      expect(signedIn.headers['set-cookie']).toMatch(
        /^__Host-keyroster=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      )
      expect((await secure.call('GET', '/api/session')).status).toBe(200)
    } finally {
      await secure.close()
    }
  })
})

test('knocking at the sign-in is limited by the minute, with the time to wait', async () => {
  const knock = () => signIn('A'.repeat(43))
  let answer = await knock()
  for (let knocks = 1; knocks < 100 && answer.status !== 429; knocks++) answer = await knock()
  expect(answer).toMatchObject({ status: 429, body: { code: 'too_many_requests' } })
  expect(answer.body.detail).toMatch(/Try again in \d+ seconds\./)
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
})

test('the operator is made once, however many panels start at once', async () => {
  await sql(unguarded('truncate workspaces cascade'))
  const { db } = panel.panel.database
  const ids = await Promise.all([ensureOperator(db), ensureOperator(db), ensureOperator(db)])
  expect(new Set(ids).size).toBe(1)
  const { rows } = await sql(
    'select (select count(*) from workspaces) as workspaces, (select count(*) from admins) as admins',
  )
  expect(rows).toEqual([{ workspaces: 1, admins: 1 }])
})
