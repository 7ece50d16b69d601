import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addAdmin } from '../admins/test-admins.ts'
import { callWith, createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { startCommand } from './test-command.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())

/** `keyroster sign-in-link …` on the server's console, with the panel's database. */
const signInLink = (...args: string[]) =>
  startCommand(['sign-in-link', ...args], {
    DATABASE_URL: panel.panel.database.url,
    KEYROSTER_SECRET_KEY: randomBytes(32).toString('base64'),
  }).ended

async function whoSignsIn(printed: string): Promise<unknown> {
  const token = /#token=([\w-]{43})/.exec(printed)?.[1]
  const answer = await callWith(panel.app)<{ admin: { id: string } }>('POST', '/api/session/link', { token })
  return answer.body.admin.id
}

describe('keyroster sign-in-link', () => {
  test('lets the admin in who is named, and tells the audit log that the console did it', async () => {
    const { id } = await addAdmin(panel, 'helpdesk', 'Alex Wilber', 'AlexW@contoso.com')
    const { code, stdout } = await signInLink('--admin', 'alexw@CONTOSO.com')
    expect(code).toBe(0)
    expect(stdout).toContain('Sign in as Alex Wilber')
    expect(await whoSignsIn(stdout)).toBe(id)
    const { rows } = await panel.panel.database.pool.query(
      "select actor_id, actor_name, target_id from audit_events where action = 'sign-in-link.created'",
    )
    expect(rows).toEqual([{ actor_id: null, actor_name: 'Console', target_id: id }])
  })

  test('lets the first owner in who can sign in where nobody is named', async () => {
    expect(await whoSignsIn((await signInLink()).stdout)).toBe(panel.admin.id)
    const { id } = await addAdmin(panel, 'owner', 'Lee Gu')
    await panel.panel.database.pool.query('update admins set disabled_at = now() where id = $1', [
      panel.admin.id,
    ])
    expect(await whoSignsIn((await signInLink()).stdout)).toBe(id)
  })

  test('refuses an admin who is disabled, and an email that nobody here has', async () => {
    const { id } = await addAdmin(panel, 'admin', 'Megan Bowen', 'MeganB@contoso.com')
    await panel.panel.database.pool.query('update admins set disabled_at = now() where id = $1', [id])
    expect(await signInLink('--admin', 'MeganB@contoso.com')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Megan Bowen is disabled'),
    })
    expect(await signInLink('--admin=nobody@contoso.com')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('No admin has the email nobody@contoso.com'),
    })
  })
})
