import type { Directory } from './directory.ts'
import type { FaultList } from './faults.ts'
import type { LoginState } from './oauth/login-state.ts'
import type { RequestLog } from './request-log.ts'

/** An application permission of Microsoft Graph, as its `roles` claim names it. */
export type Permission = string

/** A client secret: Entra shows its value once; its id is what people paste by mistake. */
interface ClientSecret {
  id: string
  value: string
  expiresAt: Date
}

/** A certificate uploaded to an app registration; the thumbprints are base64url of the DER's digest. */
export interface ClientCertificate {
  thumbprintSha1: string
  thumbprintSha256: string
  publicKeyPem: string
}

/** An app registration, as its home tenant holds it. */
export interface AppRegistration {
  clientId: string
  displayName: string
  homeTenantId: string
  multiTenant: boolean
  redirectUris: string[]
  secrets: ClientSecret[]
  certificates: ClientCertificate[]
  /** The application permissions listed on the registration; `.default` asks for exactly these. */
  permissions: Permission[]
}

/** What the service principal of an app in one tenant was granted; `enabled: false` is an admin's block. */
export interface ServicePrincipal {
  clientId: string
  objectId: string
  enabled: boolean
  granted: Set<Permission>
}

/** Someone who can sign in at the account picker. */
export interface Account {
  objectId: string
  isAdmin: boolean
}

export interface Tenant {
  id: string
  displayName: string
  verifiedDomains: { name: string; isDefault: boolean; isInitial: boolean }[]
  createdDateTime: string
  accounts: Account[]
  servicePrincipals: Map<string, ServicePrincipal>
  directory: Directory
}

/** All that one running emulator knows; every route reads it, the library's caller may change it. */
export interface World {
  tenants: Tenant[]
  apps: AppRegistration[]
  faults: FaultList
  requests: RequestLog
  login: LoginState
  /** How long each Graph page takes to come, in milliseconds. */
  latencyMs: number
  /** `true` is the published quota for the tenant's size; a number replaces it. */
  throttle: boolean | { unitsPer10Seconds: number }
  /** How many rows a page has at most, however many are asked for: Graph may send fewer than `$top`. */
  largestPage?: number
  /** How long a next link can be followed, in seconds of the emulator's clock. Default 300; unknown of Microsoft's. */
  skiptokenLifeSeconds?: number
  /** The emulator's clock, so that a test can be early, late or wrong. */
  now: () => Date
  /** Origin without a trailing slash: set once the server listens; login and Graph share it. */
  origin: string
}
