import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { route } from '../routes.ts'
import type { World } from '../world.ts'
import { answerGraph } from './answer.ts'
import { answerBatch } from './batch.ts'
import type { GraphAnswer, GraphRequest } from './exchange.ts'
import { type Budgets, createBudgets } from './throttle.ts'
import { writeJson } from './verbatim.ts'

const compress = promisify(gzip)

/** Serves Microsoft Graph v1.0 below `/v1.0`. */
export function registerGraph(app: FastifyInstance, world: World): void {
  const budgets = createBudgets(world)
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))

    scope.route({
      method: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
      url: '/v1.0/*',
      async handler(request, reply) {
        // Begun before the answer is made, so that an answer takes this long and not longer.
        const late = world.latencyMs > 0 ? wait(world.latencyMs) : null
        const body = await write(request, reply, world, await answerRequest(request, world, budgets))
        await late
        return body
      },
    })
  })
}

async function answerRequest(request: FastifyRequest, world: World, budgets: Budgets): Promise<GraphAnswer> {
  const graphRequest = readRequest(request)
  const named = route(graphRequest.path)
  request.logEntry.route = named ?? request.logEntry.route
  if (named !== 'batch' || request.method !== 'POST') return answerGraph(world, budgets, graphRequest)
  const answer = await answerBatch(world, budgets, graphRequest, String(request.body ?? ''))
  request.logEntry.parts = answer.parts
  return answer
}

function readRequest(request: FastifyRequest): GraphRequest {
  const [path = '', query = ''] = request.url.split(/\?(.*)/s)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  )
  return { method: request.method, path, query, headers, effects: request.faultEffects }
}

/** Sets status and headers; answers the body as it is sent. */
async function write(
  request: FastifyRequest,
  reply: FastifyReply,
  world: World,
  answer: GraphAnswer,
): Promise<Buffer> {
  request.logEntry.cost = answer.cost
  const text = typeof answer.body === 'string' ? answer.body : writeJson(answer.body)
  reply.code(answer.status).headers({
    ...answer.headers,
    date: world.now().toUTCString(),
    'strict-transport-security': 'max-age=31536000',
    vary: 'Accept-Encoding',
  })
  // Graph answers in gzip and never in brotli.
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return Buffer.from(text)
  reply.header('content-encoding', 'gzip')
  return compress(text, { level: 1 })
}
