import type { FastifyInstance } from 'fastify'
import recorded from '../recordings/entra-login.json' with { type: 'json' }
import type { World } from '../world.ts'
import { AadstsError } from './aadsts.ts'
import { type Authority, authorityInPath, CONSUMERS_TENANT_ID } from './tenant-in-path.ts'

const RECORDED_LOGIN = 'https://login.microsoftonline.com'
const RECORDED_TENANT = '88888888-8888-8888-8888-888888888888'
const RECORDED_GRAPH_HOST = 'graph.microsoft.com'

/** Serves the metadata documents: the recorded ones, with this emulator's origin and tenant in place of theirs. */
export function registerDiscovery(app: FastifyInstance, world: World): void {
  app.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode === 200) reply.header('cache-control', 'max-age=86400, private')
    reply.header('access-control-allow-origin', '*')
  })

  app.get<{ Params: { tenant: string } }>('/:tenant/v2.0/.well-known/openid-configuration', async (request) =>
    openidConfiguration(world, authorityInPath(world, request.params.tenant, 'invalid_tenant')),
  )

  app.get<{ Params: { tenant: string } }>('/:tenant/discovery/v2.0/keys', async (request) => {
    const authority = authorityInPath(world, request.params.tenant, 'invalid_tenant')
    const { key } = world.login
    const issuer = `${world.origin}/${authority.kind === 'tenant' ? authority.tenant.id : '{tenantid}'}/v2.0`
    // Entra's keys name no `alg`: a client must take it from the configuration, not from here.
    return { keys: [{ ...key.publicJwk, use: 'sig', kid: key.kid, issuer }] }
  })

  app.get<{ Querystring: { authorization_endpoint?: string } }>(
    '/common/discovery/instance',
    async (request) => instanceDiscovery(world, request.query.authorization_endpoint),
  )
}

function openidConfiguration(world: World, authority: Authority): unknown {
  const segment = authority.kind === 'tenant' ? authority.tenant.id : authority.kind
  const document = JSON.parse(
    JSON.stringify(recorded.openidConfiguration.body)
      .replaceAll(RECORDED_TENANT, segment)
      .replaceAll(RECORDED_LOGIN, world.origin)
      .replaceAll(`https://${RECORDED_GRAPH_HOST}`, world.origin)
      .replaceAll(RECORDED_GRAPH_HOST, new URL(world.origin).host),
  )
  if (authority.kind === 'tenant') return document
  // The issuer of the shared authorities is a template, literally, and they have no region: facts A1.
  const tenant = authority.kind === 'consumers' ? CONSUMERS_TENANT_ID : '{tenantid}'
  return { ...document, issuer: `${world.origin}/${tenant}/v2.0`, tenant_region_scope: null }
}

function instanceDiscovery(world: World, authorizationEndpoint = ''): unknown {
  const { host } = new URL(world.origin)
  const endpoint = URL.parse(authorizationEndpoint)
  const known = [host, ...recorded.discoveryInstance.body.metadata.flatMap(({ aliases }) => aliases)]
  if (!endpoint || !known.includes(endpoint.host)) {
    throw new AadstsError(50049, 'invalid_instance', 'Unknown or invalid instance.')
  }
  const tenant = endpoint.pathname.split('/')[1] ?? 'common'
  const { body } = recorded.discoveryInstance
  return {
    ...body,
    tenant_discovery_endpoint: `${world.origin}/${tenant}/v2.0/.well-known/openid-configuration`,
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }, ...body.metadata],
  }
}
