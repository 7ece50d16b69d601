import { sessionList } from '@keyroster/api/admins.ts'
import {
  session,
  signInByLink,
  signInByPasskey,
  stepUp as stepUpBody,
  updateProfile,
  webauthnOptions,
} from '@keyroster/api/session.ts'
import { z } from 'zod'
import { audit } from '../audit/record.ts'
import { transaction } from '../db/transaction.ts'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { atTheDoor } from './at-the-door.ts'
import { spendCeremony } from './passkey-ceremonies.ts'
import { editProfile } from './profile.ts'
import { hashToken } from './secret-token.ts'
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts'
import { endOtherSessions, endSessionOf, listSessions } from './session-list.ts'
import { describeSession, endSession } from './sessions.ts'
import { signIn } from './sign-in.ts'
import { offerPasskeySignIn, verifyPasskeySignIn } from './sign-in-by-passkey.ts'
import { spendSignInLink } from './sign-in-links.ts'
import { offerStepUp, stepUp } from './step-up.ts'

const tags = ['Session']
const own = { action: 'own' } as const

/** Signing in, being signed in, and where else one is. */
export async function sessionRoutes(app: App, panel: Panel): Promise<void> {
  const { db } = panel.database
  const { baseUrl } = panel.config

  app.get(
    '/api/session',
    { config: own, schema: { tags, summary: 'Who is signed in', response: { 200: session } } },
    async (request) => describeSession(db, request.admin.sessionHash!),
  )
  app.post(
    '/api/session/link',
    {
      config: atTheDoor,
      schema: { tags, summary: 'Sign in by a one-time link', body: signInByLink, response: { 200: session } },
    },
    async (request, reply) => {
      const { token } = request.body
      const signedIn = await signIn(panel, request, reply, 'link', (tx) => spendSignInLink(tx, token))
      return describeSession(db, signedIn)
    },
  )
  app.post(
    '/api/session/passkey/options',
    {
      config: atTheDoor,
      schema: { tags, summary: 'Begin to sign in by passkey', response: { 200: webauthnOptions } },
    },
    async () => offerPasskeySignIn(db, baseUrl),
  )
  app.post(
    '/api/session/passkey',
    {
      config: atTheDoor,
      schema: { tags, summary: 'Sign in by passkey', body: signInByPasskey, response: { 200: session } },
    },
    async (request, reply) => {
      const { ceremony, response } = request.body
      const challenge = await spendCeremony(db, ceremony, null)
      const signedIn = await signIn(panel, request, reply, 'passkey', (tx) =>
        verifyPasskeySignIn(tx, baseUrl, challenge, response),
      )
      return describeSession(db, signedIn)
    },
  )
  app.post(
    '/api/session/step-up/options',
    {
      config: own,
      schema: { tags, summary: 'Begin to touch your passkey again', response: { 200: webauthnOptions } },
    },
    async (request) => offerStepUp(db, baseUrl, request.admin.id),
  )
  app.post(
    '/api/session/step-up',
    {
      config: own,
      schema: {
        tags,
        summary: 'Touch your passkey again, for what asks for it; the session gets a new id',
        body: stepUpBody,
        response: { 200: session },
      },
    },
    async (request, reply) => {
      const token = await stepUp(db, baseUrl, request, request.body)
      setSessionCookie(reply, token, baseUrl)
      return describeSession(db, hashToken(token))
    },
  )
  app.patch(
    '/api/session/profile',
    {
      config: own,
      schema: {
        tags,
        summary: 'Change your name and email',
        body: updateProfile,
        response: { 200: session },
      },
    },
    async (request) => {
      await editProfile(db, request, request.body)
      return describeSession(db, request.admin.sessionHash!)
    },
  )
  app.delete(
    '/api/session',
    { config: own, schema: { tags, summary: 'Sign out', response: { 204: z.null() } } },
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

  app.get(
    '/api/sessions',
    { config: own, schema: { tags, summary: 'Where you are signed in', response: { 200: sessionList } } },
    async ({ admin }) => ({ items: await listSessions(db, admin, admin.id) }),
  )
  app.delete(
    '/api/sessions',
    {
      config: own,
      schema: { tags, summary: 'End all your sessions but this one', response: { 204: z.null() } },
    },
    async (request, reply) => {
      await endOtherSessions(db, request)
      return reply.code(204).send(null)
    },
  )
  app.delete(
    '/api/sessions/:id',
    {
      config: own,
      schema: {
        tags,
        summary: 'End one of your sessions',
        params: z.object({ id: z.uuid() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await endSessionOf(db, request, request.admin.id, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
