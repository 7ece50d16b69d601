import {
  addPasskey as addPasskeyBody,
  passkey,
  passkeyList,
  webauthnOptions,
} from '@keyroster/api/session.ts'
import { z } from 'zod'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { addPasskey, offerPasskey } from './add-passkey.ts'
import { listPasskeys, removePasskey } from './passkeys.ts'

const tags = ['Passkeys']

/** The passkeys of the admin who is signed in. */
export async function passkeyRoutes(
  app: App,
  { database: { db }, config: { baseUrl } }: Panel,
): Promise<void> {
  app.get(
    '/api/passkeys',
    {
      config: { action: 'own' },
      schema: { tags, summary: 'List your passkeys', response: { 200: passkeyList } },
    },
    async (request) => ({ items: await listPasskeys(db, request.admin.id) }),
  )
  app.post(
    '/api/passkeys/options',
    {
      config: { action: 'own' },
      schema: { tags, summary: 'Begin to add a passkey', response: { 200: webauthnOptions } },
    },
    async (request) => offerPasskey(db, baseUrl, request.admin),
  )
  app.post(
    '/api/passkeys',
    {
      config: { action: 'own' },
      schema: { tags, summary: 'Add a passkey', body: addPasskeyBody, response: { 201: passkey } },
    },
    async (request, reply) => reply.code(201).send(await addPasskey(db, baseUrl, request, request.body)),
  )
  app.delete(
    '/api/passkeys/:id',
    {
      config: { action: 'own', stepUp: true },
      schema: {
        tags,
        summary: 'Remove a passkey',
        params: z.object({ id: z.uuid() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await removePasskey(db, request, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
