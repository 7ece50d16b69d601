import type { AddressInfo } from 'node:net'
import { type FastifyInstance, fastify } from 'fastify'
import { createFaultList } from './faults.ts'
import { registerGraph } from './graph/register.ts'
import { registerInspector } from './inspector/register.ts'
import { grantPermissions, revokePermissions } from './oauth/consent.ts'
import { createLoginState } from './oauth/login-state.ts'
import { registerOauth } from './oauth/register.ts'
import { playFaults } from './play-faults.ts'
import { createRequestLog, logRequests } from './request-log.ts'
import { registerSampleApp } from './sample.ts'
import { fabrikamTenant } from './seed/fabrikam.ts'
import { type GeneratedTenantOptions, generatedTenant } from './seed/generated.ts'
import { type SeedName, seeds } from './seed/seeds.ts'
import { makeServerCertificate, type ServerCertificate } from './tls.ts'
import type { AppRegistration, Permission, Tenant, World } from './world.ts'

export interface EmulatorOptions {
  /** The sample tenant, one full of hostile data, or a generated one of a given size. Default `contoso`. */
  seed?: SeedName | GeneratedTenantOptions
  /** Default 0: any free port. */
  port?: number
  /** Address to listen on; default 127.0.0.1. The origin says `localhost` either way. */
  host?: string
  https?: boolean
  /** How long each Graph page takes to come, in milliseconds. Default 0. */
  latencyMs?: number
  /** How many rows a page has at most, however many are asked for. */
  largestPage?: number
  /** Reply addresses registered on the sample app. */
  redirectUris?: string[]
  /** Consent given before the start: to all the app's permissions, or to these. Default false. */
  granted?: boolean | Permission[]
  /** The emulator's clock. */
  now?: () => Date
  /** Serves a second tenant, Fabrikam, too, in which the app, then multi-tenant, is consented or not likewise. */
  otherTenants?: boolean
  /** Default true: 429 beyond the published quota for the tenant's size. */
  throttle?: boolean | { unitsPer10Seconds: number }
}

/** A running emulator. What it holds may be changed while it runs; routes read it anew each time. */
export interface Emulator {
  /** Without a trailing slash, such as `http://localhost:41234`; login and Graph share it. */
  origin: string
  /** The authority that a client must trust, where the emulator speaks https. */
  caPem: string | undefined
  world: World
  /** The first tenant. */
  tenant: Tenant
  /** The sample app, registered in the first tenant. */
  app: AppRegistration
  faults: World['faults']
  requests: World['requests']
  /** Gives admin consent in the first tenant to these application permissions, or all the app's. */
  grant(permissions?: Permission[]): void
  /** Takes it back. Tokens issued before keep their roles until they expire, as Microsoft's do. */
  revoke(permissions?: Permission[]): void
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a local Entra tenant and Graph. Rejects if the port is taken. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const world = await buildWorld(options)
  const certificate = options.https ? await makeServerCertificate() : undefined
  const server = buildServer(world, certificate)
  await server.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  world.origin = `${certificate ? 'https' : 'http'}://localhost:${port}`

  const tenant = world.tenants[0]!
  const app = world.apps[0]!
  const close = () => server.close()
  return {
    origin: world.origin,
    caPem: certificate?.caPem,
    world,
    tenant,
    app,
    faults: world.faults,
    requests: world.requests,
    grant: (permissions = app.permissions) => grantPermissions(tenant, app, permissions),
    revoke: (permissions = app.permissions) => revokePermissions(tenant, app, permissions),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function buildWorld(options: EmulatorOptions): Promise<World> {
  const { seed = 'contoso', granted = false, now = () => new Date() } = options
  const home = typeof seed === 'string' ? seeds[seed]() : generatedTenant(seed)
  const tenants = options.otherTenants ? [home, fabrikamTenant()] : [home]
  const app = registerSampleApp(home, {
    redirectUris: options.redirectUris ?? [],
    multiTenant: options.otherTenants ?? false,
    now: now(),
  })
  if (granted) {
    const permissions = granted === true ? app.permissions : granted
    for (const tenant of tenants) grantPermissions(tenant, app, permissions)
  }
  return {
    tenants,
    apps: [app],
    faults: createFaultList(),
    requests: createRequestLog(),
    login: await createLoginState(),
    latencyMs: options.latencyMs ?? 0,
    largestPage: options.largestPage,
    throttle: options.throttle ?? true,
    now,
    origin: '',
  }
}

function buildServer(world: World, certificate: ServerCertificate | undefined): FastifyInstance {
  const server = fastify({
    https: certificate ? { cert: certificate.certificatePem, key: certificate.privateKeyPem } : null,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1000 },
  }) as unknown as FastifyInstance // Only its socket differs by scheme, which no route looks at.
  logRequests(server, world.requests, world.now)
  playFaults(server, world.faults)
  registerOauth(server, world)
  registerGraph(server, world)
  registerInspector(server, world)
  return server
}
