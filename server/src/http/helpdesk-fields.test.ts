import { type Action, may } from '@keyroster/api/roles.ts'
import type { User } from '@keyroster/api/users.ts'
import type { RouteOptions } from 'fastify'
import { expect, test } from 'vitest'
import { addAdmin, addTestPasskey } from '../admins/test-admins.ts'
import { createTestImport } from '../imports/test-import.ts'

/** Names of fields that only who may read connections, tokens and admins gets to see. A tenant id is no secret: it is part of who a person is. */
const hidden =
  /secret|credential|thumbprint|certificate|clientId|tokenHash|token_hash|idHash|sealed|prefix|scopes|publicKey/i

test('helpdesk gets no secret, hash or field of a connection from any route that answers them', async () => {
  const seen: RouteOptions[] = []
  const panel = await createTestImport({}, (route) => seen.push(route))
  try {
    await panel.applyPlan(await panel.plan())
    await addTestPasskey(panel.call)
    await panel.call('POST', '/api/tokens', { name: 'Nightly', scopes: ['users.read'] })
    await panel.call('POST', '/api/invitations', { name: 'A', email: 'a@contoso.com', role: 'owner' })
    const helpdesk = await addAdmin(panel, 'helpdesk')
    await addTestPasskey(helpdesk.call)
    const secrets = await secretsOf(panel)
    const { body } = await panel.call<{ items: User[] }>('GET', '/api/users?limit=1')

    let answered = 0
    for (const { method, url, config } of seen) {
      const action = config?.action as Action | undefined
      if (method !== 'GET' || (!config?.public && !(action && may('helpdesk', action)))) continue
      if (url.includes('*') || config?.stream) continue
      const { payload, statusCode } = await panel.app.inject({
        url: url.replaceAll(/:\w+/g, body.items[0]!.id),
        headers: { cookie: helpdesk.cookie },
      })
      if (statusCode === 200 && !url.startsWith('/api/openapi')) {
        answered++
        expect({ url, hidden: fieldsOf(payload).filter((field) => hidden.test(field)) }).toEqual({
          url,
          hidden: [],
        })
      }
      for (const secret of secrets)
        expect({ url, leaks: payload.includes(secret) }).toEqual({ url, leaks: false })
    }
    expect(answered).toBeGreaterThan(7)
  } finally {
    await panel.close()
  }
})

/** Every secret and hash of the workspace, in the forms in which an answer could hold it. */
async function secretsOf({
  panel,
  emulator,
}: Awaited<ReturnType<typeof createTestImport>>): Promise<string[]> {
  const { rows } = await panel.database.pool.query<{ secret: Buffer }>(`
    select token_hash as secret from api_tokens union all select token_hash from invitations
    union all select id_hash from sessions union all select credential_sealed from connections
    union all select public_key from passkeys`)
  expect(rows.length).toBeGreaterThan(5)
  const forms = rows.flatMap(({ secret }) =>
    (['hex', 'base64', 'base64url'] as const).map((form) => secret.toString(form)),
  )
  return [...forms, emulator.app.secrets[0]!.value, emulator.app.clientId]
}

function fieldsOf(payload: string): string[] {
  const fields: string[] = []
  try {
    JSON.parse(payload, (key, value) => {
      fields.push(key)
      return value
    })
  } catch {
    // A page of the web app, which has no fields.
  }
  return fields
}
