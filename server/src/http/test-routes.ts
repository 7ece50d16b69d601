import type { FastifyContextConfig, RouteOptions } from 'fastify'
import type { z } from 'zod'
import type { Method } from './test-panel.ts'

/** A route as a test asks it: one method, with the schemas and the config that it is registered with. */
export interface TestRoute {
  method: Method
  url: string
  /** Such as `GET /api/users/:id`. */
  name: string
  config: FastifyContextConfig
  schema: { body?: z.ZodType; querystring?: z.ZodType; response: Record<string, z.ZodType> }
}

/** The routes of an app, one for each method, from what its `onRoute` told; HEAD is there beside each GET. */
export function routesOf(told: RouteOptions[]): TestRoute[] {
  return told.flatMap(({ method, url, config, schema }) =>
    [method].flat().map((one) => ({
      method: one as Method,
      url,
      name: `${one} ${url}`,
      config: config ?? {},
      schema: Object({ response: {}, ...schema }) as TestRoute['schema'],
    })),
  )
}
