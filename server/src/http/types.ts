import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Action, Role } from '@keyroster/api/roles.ts'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'

/** The HTTP app that every slice adds its routes to; zod schemas type and validate them. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** Who makes a request, as the session or the API token says. */
export interface SignedInAdmin {
  id: string
  name: string
  email: string | null
  role: Role
  workspaceId: string
  /** SHA-256 of the session id, to bind things to this very session; null for a token. */
  sessionHash: Buffer | null
  /** Whether a passkey was touched in this session in the last five minutes. */
  steppedUp: boolean
  /** What an API token may do, of what its admin may; null for a session. */
  token: { id: string; scopes: readonly Action[] } | null
}

/** What a source of server-sent events does next: sends text, or waits before it looks again, in milliseconds. */
export type EventStep = string | { wait: number }

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route but those whose config says `public`. */
    admin: SignedInAdmin
  }
  interface FastifyReply {
    /** Answers with server-sent events. */
    sendEvents(steps: AsyncIterable<EventStep>): FastifyReply
  }
  interface FastifyContextConfig {
    /** Answered to anybody; every other route names its `action`. */
    public?: boolean
    /** What this route does, of api/roles.ts: a route that names nothing is refused to everybody. */
    action?: Action
    /** Asks for a passkey that was touched at most five minutes ago. */
    stepUp?: boolean
  }
}
