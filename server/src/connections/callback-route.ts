import { returnFromSignIn } from '../admins/return-from-microsoft.ts'
import { readSessionCookie } from '../admins/session-cookie.ts'
import { findSession } from '../admins/sessions.ts'
import { inWorkspace } from '../db/reach.ts'
import type { App } from '../http/types.ts'
import type { Panel } from '../panel.ts'
import { returnFromMicrosoft } from './grant-access.ts'

/**
 * Where Microsoft sends the browser back to, from a trip to sign in or for a connection: the state tells which. It is public, because a browser whose session has ended meanwhile must land
 * on a page, not on JSON; without a session nothing is done.
 */
export async function callbackRoute(app: App, panel: Panel): Promise<void> {
  const { config, database } = panel
  app.get(
    '/api/entra/callback',
    {
      config: { public: true },
      schema: { tags: ['Connections'], summary: 'Return from Microsoft; for browsers on the way back only' },
    },
    async (request, reply) => {
      const token = readSessionCookie(request, config.baseUrl)
      const admin = token === null ? null : await findSession(database.db, token)
      if (admin !== null) request.admin = admin
      const callback = new URL(`${config.baseUrl}${request.url}`)
      const signedIn = await returnFromSignIn(panel, request, reply, callback)
      const back = () => signedIn ?? returnFromMicrosoft(panel, request, callback)
      return reply
        .header('cache-control', 'no-store')
        .redirect(await (admin === null ? back() : inWorkspace(admin.workspaceId, back)), 303)
    },
  )
}
