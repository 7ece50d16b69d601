import { may } from '@keyroster/api/roles.ts'
import { apiTokenList, createdToken, createToken as createTokenBody } from '@keyroster/api/tokens.ts'
import { z } from 'zod'
import { transaction } from '../db/transaction.ts'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { notAllowed } from '../problem.ts'
import { createToken } from './create-token.ts'
import { revokeToken } from './revoke-token.ts'
import { listTokens } from './tokens.ts'

const tags = ['API tokens']

/** API tokens: keys for scripts, which people alone make. */
export async function tokenRoutes(app: App, panel: Panel): Promise<void> {
  const { db } = panel.database

  app.get(
    '/api/tokens',
    {
      config: { action: 'tokens.read' },
      schema: { tags, summary: "List everybody's live API tokens", response: { 200: apiTokenList } },
    },
    async ({ admin }) => ({ items: await listTokens(db, admin.workspaceId, admin.id) }),
  )

  app.post(
    '/api/tokens',
    {
      config: { action: 'tokens.create', stepUp: true },
      schema: {
        tags,
        summary: 'Make an API token of your own; its secret is answered this once',
        body: createTokenBody,
        response: { 201: createdToken },
      },
    },
    async (request, reply) => {
      const { admin, body } = request
      const created = await transaction(db, (tx) => createToken(tx, admin, body, { actor: admin, request }))
      return reply.code(201).send(created)
    },
  )

  app.delete(
    '/api/tokens/:id',
    {
      config: { action: 'own' },
      schema: {
        tags,
        summary: "Revoke an API token, your own or, as an owner, anybody's",
        params: z.object({ id: z.uuid() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { admin, params } = request
      await transaction(db, async (tx) => {
        const { adminId } = await revokeToken(tx, admin.workspaceId, params.id, { actor: admin, request })
        if (adminId !== admin.id && !may(admin.role, 'tokens.revoke-any'))
          throw notAllowed('tokens.revoke-any')
      })
      return reply.code(204).send(null)
    },
  )
}
