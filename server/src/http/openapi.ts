import swagger from '@fastify/swagger'
import { problem } from '@keyroster/api/problem.ts'
import { tokenScopes } from '@keyroster/api/roles.ts'
import type { FastifyContextConfig, FastifySchema } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { version } from '../version.ts'
import { renderApiPage } from './api-page.ts'
import { allowPage } from './security-headers.ts'
import type { App } from './types.ts'

/** The API described by its own schemas: /api/openapi.json for programs, /api/docs for people. */
export async function openApiRoutes(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Keyroster API',
        version,
        description:
          'Errors are application/problem+json (RFC 9457) with a stable code. Scripts send an API token as Authorization: Bearer kr_…; browsers send their session, and with changes the header x-keyroster: 1.',
      },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API token with the scope that is named.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'keyroster',
            description: 'A signed-in browser; over https the cookie is __Host-keyroster.',
          },
        },
      },
    },
    transform: ({ route, schema, ...rest }) =>
      jsonSchemaTransform({
        ...rest,
        route,
        schema: { ...withProblems(schema), security: securityOf(route.config) },
      }),
  })
  const schema = { hide: true }
  app.get('/api/openapi.json', { config: { public: true }, schema }, async () => app.swagger())
  app.get('/api/docs', { config: { public: true }, schema }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(renderApiPage(app.swagger(), allowPage(reply))),
  )
}

/** Any route may answer with a problem, so that the document says it for all of them. */
function withProblems(schema: FastifySchema): FastifySchema {
  const refusal = { description: 'A problem', content: { 'application/problem+json': { schema: problem } } }
  return { ...schema, response: { ...Object(schema.response), default: refusal } }
}

/** Who may ask; in OpenAPI 3.1 a list beside a scheme that is not OAuth says what is needed of it. */
function securityOf({ public: open, action }: FastifyContextConfig = {}): Record<string, string[]>[] {
  if (open) return []
  const scope = tokenScopes.find((each) => each === action)
  return scope ? [{ session: [] }, { token: [scope] }] : [{ session: [] }]
}
