import type { Tenant } from './parts/tenant.ts'

/** A token for Graph, as an app gets it by its secret. */
export async function signIn(tenant: Tenant): Promise<string> {
  const answer = await fetch(`${tenant.origin}/${tenant.id}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: tenant.clientId,
      client_secret: tenant.secret,
      scope: `${tenant.origin}/.default`,
    }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}
