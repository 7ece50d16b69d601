import type { Role } from '@keyroster/api/roles.ts'
import type { Passkey, WebauthnOptions } from '@keyroster/api/session.ts'
import { type Call, callWith, type TestPanel } from '../http/test-panel.ts'
import { foldEmail } from '../users/fold.ts'
import { startSession } from './sessions.ts'
import { createAuthenticator } from './test-authenticator.ts'

export interface TestAdmin {
  id: string
  cookie: string
  call: Call
}

/** Adds somebody to the panel's workspace and signs them in by link. */
export async function addAdmin(
  { panel, app, admin }: TestPanel,
  role: Role,
  name = 'Adele Vance',
  email: string | null = null,
): Promise<TestAdmin> {
  const { db } = panel.database
  const { id } = await db
    .insertInto('admins')
    .values({ workspace_id: admin.workspaceId, name, role, email, email_folded: foldEmail(email) })
    .returning('id')
    .executeTakeFirstOrThrow()
  const cookie = `keyroster=${await startSession(db, id)}`
  return { id, cookie, call: callWith(app, cookie) }
}

/** Gives whoever calls a passkey; answers the authenticator that holds it. */
export async function addTestPasskey(call: Call) {
  const authenticator = createAuthenticator()
  const { body } = await call<WebauthnOptions>('POST', '/api/passkeys/options')
  const { ceremony, options } = body
  const added = await call<Passkey>('POST', '/api/passkeys', {
    ceremony,
    name: 'Key',
    response: authenticator.create(options),
  })
  if (added.status !== 201) throw new Error(JSON.stringify(added.body))
  return authenticator
}

/** Six minutes pass since everybody's last touch of a passkey. */
export const letTouchesAge = ({ panel }: TestPanel) =>
  panel.database.pool.query("update sessions set stepped_up_at = now() - interval '5 minutes 1 second'")

/** The cookie that an answer gives, as a request sends it. */
export const cookieOf = (headers: Record<string, unknown>): string =>
  [headers['set-cookie'] ?? []]
    .flat()
    .map((cookie) => String(cookie).split(';')[0]!)
    .filter((cookie) => !cookie.endsWith('='))
    .join('; ')
