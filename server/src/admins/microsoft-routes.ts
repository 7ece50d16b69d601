import {
  goToMicrosoft,
  leaveForMicrosoft as leaveBody,
  signInSettings,
  signInWays,
} from '@keyroster/api/admins.ts'
import { z } from 'zod'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { atTheDoor } from './at-the-door.ts'
import { findSignInWays, leaveForMicrosoft } from './leave-for-microsoft.ts'
import { readSignInSettings, setSignInSettings } from './sign-in-settings.ts'
import { unbindMicrosoft } from './unbind-microsoft.ts'

const tags = ['Sign in with Microsoft']

/** Sign in with Microsoft: whether it is on, leaving for it, and binding an account. The way back is connections/callback-route.ts. */
export async function microsoftRoutes(app: App, panel: Panel): Promise<void> {
  const { db } = panel.database

  app.get(
    '/api/session/ways',
    {
      config: atTheDoor,
      schema: { tags, summary: 'Ways to sign in beside a passkey', response: { 200: signInWays } },
    },
    async () => findSignInWays(db),
  )
  app.post(
    '/api/session/microsoft',
    {
      config: atTheDoor,
      schema: {
        tags,
        summary: 'Leave for Microsoft to sign in',
        body: leaveBody,
        response: { 200: goToMicrosoft },
      },
    },
    async (request, reply) => ({ url: await leaveForMicrosoft(panel, reply, null, request.body) }),
  )
  app.post(
    '/api/session/microsoft/bind',
    {
      config: { action: 'own', stepUp: true },
      schema: {
        tags,
        summary: 'Leave for Microsoft to bind your account there',
        body: leaveBody,
        response: { 200: goToMicrosoft },
      },
    },
    async (request, reply) => ({ url: await leaveForMicrosoft(panel, reply, request.admin, request.body) }),
  )
  app.delete(
    '/api/session/microsoft',
    {
      config: { action: 'own' },
      schema: { tags, summary: 'Take your Microsoft account off', response: { 204: z.null() } },
    },
    async (request, reply) => {
      await unbindMicrosoft(db, request)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/api/settings/sign-in',
    {
      config: { action: 'settings.read' },
      schema: { tags, summary: 'Read how people may sign in', response: { 200: signInSettings } },
    },
    async ({ admin }) => readSignInSettings(db, admin.workspaceId),
  )
  app.put(
    '/api/settings/sign-in',
    {
      config: { action: 'settings.edit', stepUp: true },
      schema: {
        tags,
        summary: 'Turn Sign in with Microsoft on or off',
        body: signInSettings,
        response: { 200: signInSettings },
      },
    },
    async (request) => {
      await setSignInSettings(db, request, request.body)
      return readSignInSettings(db, request.admin.workspaceId)
    },
  )
}
