import {
  createdInvitation,
  createInvitation,
  invitationList,
  lookAtInvitation as lookBody,
  offeredInvitation,
  takeInvitation as takeBody,
} from '@keyroster/api/admins.ts'
import { session } from '@keyroster/api/session.ts'
import { z } from 'zod'
import { inWorkspace } from '../db/reach.ts'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { atTheDoor } from './at-the-door.ts'
import {
  invite,
  listInvitations,
  lookAtInvitation,
  takeInvitation,
  withdrawInvitation,
} from './invitations.ts'
import { describeSession } from './sessions.ts'
import { signIn } from './sign-in.ts'

const tags = ['Admins']

/** Inviting people, and taking an invitation. */
export async function invitationRoutes(app: App, panel: Panel): Promise<void> {
  const { db } = panel.database
  const { baseUrl } = panel.config

  app.get(
    '/api/invitations',
    {
      config: { action: 'admins.read' },
      schema: { tags, summary: 'List open invitations, newest first', response: { 200: invitationList } },
    },
    async ({ admin }) => ({ items: await listInvitations(db, admin.workspaceId) }),
  )
  app.post(
    '/api/invitations',
    {
      config: { action: 'admins.edit', stepUp: true },
      schema: {
        tags,
        summary: 'Invite somebody; the link is shown this once',
        body: createInvitation,
        response: { 201: createdInvitation },
      },
    },
    async (request, reply) => reply.code(201).send(await invite(db, baseUrl, request, request.body)),
  )
  app.delete(
    '/api/invitations/:id',
    {
      config: { action: 'admins.edit' },
      schema: {
        tags,
        summary: 'Take an open invitation back',
        params: z.object({ id: z.uuid() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await withdrawInvitation(db, request, request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/api/session/invitation/look',
    {
      config: atTheDoor,
      schema: {
        tags,
        summary: 'What an invitation offers',
        body: lookBody,
        response: { 200: offeredInvitation },
      },
    },
    async ({ body }) => {
      const { workspace, name, email, role } = await lookAtInvitation(db, body.token)
      return { workspace, name, email, role }
    },
  )
  app.post(
    '/api/session/invitation',
    {
      config: atTheDoor,
      schema: {
        tags,
        summary: 'Take an invitation, which signs in',
        body: takeBody,
        response: { 200: session },
      },
    },
    async (request, reply) => {
      const { token } = request.body
      const { workspaceId } = await lookAtInvitation(db, token)
      return inWorkspace(workspaceId, async () => {
        const signedIn = await signIn(panel, request, reply, 'invitation', (tx) =>
          takeInvitation(tx, token, request),
        )
        return describeSession(db, signedIn)
      })
    },
  )
}
