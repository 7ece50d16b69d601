import { randomBytes } from 'node:crypto'
import { makeSigningKey, type SigningKey } from './signing-key.ts'

/** Who signed in, to what, and when: what a code or refresh token is redeemed for. */
export interface SignedIn {
  tenantId: string
  clientId: string
  objectId: string
  scopes: string[]
  sessionId: string
  /** Of the sign-in at the account picker. */
  authenticatedAt: Date
}

export interface AuthorizationCode extends SignedIn {
  redirectUri: string
  nonce: string | undefined
  challenge: { value: string; method: 'S256' | 'plain' } | undefined
  expiresAt: Date
  redeemed: boolean
}

interface RefreshToken extends SignedIn {
  expiresAt: Date
}

/** A browser that signed in at the account picker: one account at a time. */
export interface BrowserSession {
  id: string
  tenantId: string
  objectId: string
  authenticatedAt: Date
}

/** Delegated scopes that a person accepted, for everybody in the tenant where `objectId` is absent. */
interface DelegatedConsent {
  tenantId: string
  clientId: string
  objectId?: string
  scopes: Set<string>
}

/** What the login side remembers while it runs; all of it is gone when the emulator stops. */
export interface LoginState {
  key: SigningKey
  codes: Map<string, AuthorizationCode>
  refreshTokens: Map<string, RefreshToken>
  sessions: Map<string, BrowserSession>
  consents: DelegatedConsent[]
}

export async function createLoginState(): Promise<LoginState> {
  return {
    key: await makeSigningKey(),
    codes: new Map(),
    refreshTokens: new Map(),
    sessions: new Map(),
    consents: [],
  }
}

/** 256 random bits, unguessable, safe in URLs and cookies. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}
