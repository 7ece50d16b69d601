import {
  type Session,
  session,
  signInByLink,
  signInByPasskey,
  webauthnOptions,
} from '@keyroster/api/session.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { audit } from '../audit/record.ts'
import type { Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { spendCeremony } from './passkey-ceremonies.ts'
import { hashToken } from './secret-token.ts'
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.ts'
import { describeSession, endSession, startSession } from './sessions.ts'
import { offerPasskeySignIn, verifyPasskeySignIn } from './sign-in-by-passkey.ts'
import { spendSignInLink } from './sign-in-links.ts'

const tags = ['Session']
/** Anybody may knock, but not forever; by address, so that nobody is locked out by another. */
const config = { public: true, rateLimit: { max: 60, timeWindow: 60_000 } }

/** Signing in, and being signed in. */
export async function sessionRoutes(app: App, panel: Panel): Promise<void> {
  const { db } = panel.database
  const { baseUrl } = panel.config

  app.get(
    '/api/session',
    { config: { action: 'own' }, schema: { tags, summary: 'Who is signed in', response: { 200: session } } },
    async (request) => describeSession(db, request.admin.sessionHash!),
  )
  app.post(
    '/api/session/link',
    {
      config,
      schema: { tags, summary: 'Sign in by a one-time link', body: signInByLink, response: { 200: session } },
    },
    async (request, reply) =>
      signIn(panel, request, reply, 'link', (tx) => spendSignInLink(tx, request.body.token)),
  )
  app.post(
    '/api/session/passkey/options',
    { config, schema: { tags, summary: 'Begin to sign in by passkey', response: { 200: webauthnOptions } } },
    async () => offerPasskeySignIn(db, baseUrl),
  )
  app.post(
    '/api/session/passkey',
    {
      config,
      schema: { tags, summary: 'Sign in by passkey', body: signInByPasskey, response: { 200: session } },
    },
    async (request, reply) => {
      const challenge = await spendCeremony(db, request.body.ceremony, null)
      return signIn(panel, request, reply, 'passkey', (tx) =>
        verifyPasskeySignIn(tx, baseUrl, challenge, request.body.response),
      )
    },
  )
  app.delete(
    '/api/session',
    { config: { action: 'own' }, schema: { tags, summary: 'Sign out', response: { 204: z.null() } } },
    async (request, reply) => {
      await transaction(db, async (tx) => {
        await endSession(tx, request.admin.sessionHash!)
        await audit(tx, {
          workspaceId: request.admin.workspaceId,
          actor: request.admin,
          action: 'session.ended',
          request,
        })
      })
      clearSessionCookie(reply, baseUrl)
      return reply.code(204).header('clear-site-data', '"cache", "storage"').send(null)
    },
  )
}

type Way = 'link' | 'passkey'

/** Signs in whoever `prove` answers: a new session in place of the browser's old one, in one transaction with the proof. */
async function signIn(
  { config, database }: Panel,
  request: FastifyRequest,
  reply: FastifyReply,
  way: Way,
  prove: (tx: Tx) => Promise<string>,
): Promise<Session> {
  const former = readSessionCookie(request, config.baseUrl)
  const token = await transaction(database.db, async (tx) => {
    const admin = await findAdmin(tx, await prove(tx))
    if (former !== null) await endSession(tx, hashToken(former))
    const session = await startSession(tx, admin.id)
    await audit(tx, {
      workspaceId: admin.workspace_id,
      actor: admin,
      action: 'session.started',
      detail: { way },
      request,
    })
    return session
  })
  setSessionCookie(reply, token, config.baseUrl)
  return describeSession(database.db, hashToken(token))
}

const findAdmin = (tx: Tx, id: string) =>
  tx
    .selectFrom('admins')
    .select(['id', 'name', 'workspace_id'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
