import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'
import { grantPermissions, revokePermissions } from '../oauth/consent.ts'
import { sendPage } from '../page.ts'
import type { World } from '../world.ts'
import { FAULT_PRESETS } from './fault-presets.ts'
import { overview } from './overview.ts'

const HOME = '/_emulator'

/** Serves the inspector: what this emulator holds and received, and switches for consent and faults. */
export function registerInspector(app: FastifyInstance, world: World): void {
  app.register(async (inspector) => {
    await inspector.register(formbody)

    inspector.get(HOME, async (_request, reply) =>
      sendPage(reply, { title: 'Inspector', body: overview(world), wide: true }),
    )

    inspector.post<{ Body: Record<string, string> }>(`${HOME}/consent`, async (request, reply) => {
      const { tenantId, clientId, deed } = request.body
      const tenant = world.tenants.find(({ id }) => id === tenantId)
      const app = world.apps.find((app) => app.clientId === clientId)
      if (tenant && app && deed === 'grant') grantPermissions(tenant, app, app.permissions)
      if (tenant && app && deed === 'revoke') revokePermissions(tenant, app, app.permissions)
      return reply.redirect(HOME, 303)
    })

    inspector.post<{ Body: Record<string, string> }>(`${HOME}/faults`, async (request, reply) => {
      const { preset, id, deed } = request.body
      const added = FAULT_PRESETS.find(({ name }) => name === preset)
      if (added) world.faults.add(added.fault)
      if (id && deed === 'remove') world.faults.remove(id)
      if (id && (deed === 'enable' || deed === 'disable')) world.faults.enable(id, deed === 'enable')
      return reply.redirect(`${HOME}#faults`, 303)
    })

    inspector.post(`${HOME}/requests/clear`, async (_request, reply) => {
      world.requests.clear()
      return reply.redirect(`${HOME}#requests`, 303)
    })
  })
}
