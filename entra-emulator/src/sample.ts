import { randomUUID } from 'node:crypto'
import type { AppRegistration, Permission, Tenant } from './world.ts'

/** The sample app registration's fixed ids, so that a demo can fill them in beforehand. */
export const SAMPLE_CLIENT_ID = '6f3c1b52-8d0e-4a4b-9c57-2e1d7a90b3c4'
const SAMPLE_SECRET_ID = 'd1f8a7c3-52be-4f06-8a41-90c6be3e7d15'
export const SAMPLE_CLIENT_SECRET = 'emulator~sample~secret~of~no~real~tenant'

const PERMISSIONS: Permission[] = ['User.Read.All', 'GroupMember.Read.All', 'Organization.Read.All']
const SECRET_LIFETIME_MS = 180 * 86_400_000

/**
 * Registers the sample app in its home tenant. As the Azure portal does, this makes its service principal there,
 * with nothing granted yet.
 */
export function registerSampleApp(
  home: Tenant,
  options: { redirectUris: string[]; multiTenant: boolean; now: Date },
): AppRegistration {
  const app: AppRegistration = {
    clientId: SAMPLE_CLIENT_ID,
    displayName: 'Security key management',
    homeTenantId: home.id,
    multiTenant: options.multiTenant,
    redirectUris: [...options.redirectUris],
    secrets: [
      {
        id: SAMPLE_SECRET_ID,
        value: SAMPLE_CLIENT_SECRET,
        expiresAt: new Date(options.now.getTime() + SECRET_LIFETIME_MS),
      },
    ],
    certificates: [],
    permissions: [...PERMISSIONS],
  }
  home.servicePrincipals.set(app.clientId, {
    clientId: app.clientId,
    objectId: randomUUID(),
    enabled: true,
    granted: new Set(),
  })
  return app
}
