import type { IncomingMessage, ServerResponse } from 'node:http'
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

/** Who makes a request, as the session says. */
export interface SignedInAdmin {
  id: string
  name: string
  email: string | null
  workspaceId: string
  /** SHA-256 of the session id, to bind things to this very session. */
  sessionHash: Buffer
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route but those whose config says `public`. */
    admin: SignedInAdmin
  }
  interface FastifyContextConfig {
    /** Answered without a session; the default is to refuse with `not_signed_in`. */
    public?: boolean
  }
}
